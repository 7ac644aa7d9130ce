using Distiller.Mining.Cards;
using Distiller.Mining.Digesting;
using Distiller.Mining.Imprints;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class cards_are_worth_reading
{
    /// <summary>A task of a session in a project: what was asked, the files looked at, the commands run.</summary>
    private static EpisodeDigest Task(
        int number,
        string request,
        string[] files,
        string[] commands,
        OutcomeKind outcome = OutcomeKind.Succeeded,
        string project = "~/shop",
        string result = "ok"
    )
    {
        var turns = new List<Turn> { new(TurnRole.User, request) };
        foreach (var file in files)
        {
            Call("Read", new { file_path = file }, "text");
        }

        Call("Edit", new { file_path = "cart.go" }, "edited");
        foreach (var command in commands)
        {
            Call("Bash", new { command }, result);
        }

        turns.Add(new Turn(TurnRole.Assistant, "done"));
        var episode = Logged.Of($"agent/s{number}", $"s{number}", outcome, null, [.. turns]) with
        {
            Session = new Session($"s{number}") { Project = project },
            StartedAt = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero).AddDays(number),
        };
        return Digested.Of([episode])[0];

        void Call(string tool, object arguments, string text)
        {
            var id = $"c{turns.Count}";
            var json = System.Text.Json.JsonSerializer.Serialize(arguments);
            turns.Add(new Turn(TurnRole.Assistant, "") { ToolCalls = [new ToolCall(id, tool, json)] });
            turns.Add(new Turn(TurnRole.Tool, text) { ToolCallId = id });
        }
    }

    private static string[] Texts(IReadOnlyList<EpisodeDigest> tasks) =>
        [.. new CardMiner().Mine(tasks).Select(c => c.Text)];

    [Test]
    public void how_a_project_is_tested_and_checked()
    {
        var tasks = Enumerable
            .Range(0, 6)
            .Select(i =>
                Task(
                    i,
                    $"mend part {i}",
                    [],
                    [$"cd /x && go test ./part{i}/... 2>&1 | tail -5", "golangci-lint run", "ls -la"]
                )
            )
            .ToList();

        var cards = new CardMiner().Mine(tasks);

        cards
            .Select(c => (c.Kind, c.Project, c.Tasks, c.Sessions))
            .ShouldBe([(CardKind.Tests, "~/shop", 6, 6), (CardKind.Lints, "~/shop", 6, 6)]);
        cards[0]
            .Text.ShouldBe(
                "Run tests with `go test ./…`, for example `go test ./part0/...` (ran through in 100 % of 6 uses)."
            );
        cards[1].Text.ShouldBe("Check the code with `golangci-lint run` (ran through in 100 % of 6 uses).");
        cards[0].LastSeen!.Value.Day.ShouldBe(6);
        cards[0].Episodes.Count.ShouldBe(6);
    }

    [Test]
    public void a_command_that_never_ran_through_is_not_recommended()
    {
        var tasks = Enumerable
            .Range(0, 6)
            .Select(i => Task(i, $"mend part {i}", [], ["go test ./..."], result: "--- FAIL: TestCart"))
            .ToList();

        new CardMiner().Mine(tasks).ShouldBeEmpty();
    }

    [Test]
    public void few_tasks_or_one_session_make_no_card()
    {
        Texts([.. Enumerable.Range(0, 2).Select(i => Task(i, "mend", [], ["go test ./..."]))]).ShouldBeEmpty();
        Texts([.. Enumerable.Range(0, 6).Select(_ => Task(1, "mend", [], ["go test ./..."]))]).ShouldBeEmpty();
    }

    [Test]
    public void which_files_a_kind_of_request_needs_first()
    {
        var tasks = Enumerable
            .Range(0, 24)
            .Select(i =>
                i % 3 == 0
                    ? Task(i, "the invoice total is wrong again", ["billing/invoice.go", "util.go"], [])
                    : Task(i, $"mend shelf {(char)('a' + i)}", [$"shelf{i}.go", "util.go"], [])
            )
            .ToList();

        Texts(tasks)
            .ShouldHaveSingleItem()
            .ShouldMatch("Requests about \"(again|invoice|total|wrong)\": look at `billing/invoice.go` first.");
    }

    [Test]
    public void files_and_words_that_meet_by_chance_are_no_finding()
    {
        var random = new Random(5);
        string[] words = ["invoice", "shelf", "basket", "coupon", "tariff", "harbour", "ledger", "voucher"];
        var found = 0;
        for (var round = 0; round < 40; round++)
        {
            var tasks = Enumerable
                .Range(0, 30)
                .Select(i =>
                    Task(
                        i,
                        $"look at {words[random.Next(8)]} and {words[random.Next(8)]}",
                        [$"f{random.Next(6)}.go", $"f{random.Next(6)}.go"],
                        []
                    )
                )
                .ToList();
            found += Texts(tasks).Length > 0 ? 1 : 0;
        }

        // A rate of 5 % over 40 projects without any link: 2 expected, 6 or more in 1.4 % of such runs.
        found.ShouldBeLessThan(6);
    }

    /// <summary>A session whose shell answers each command as told; between two of them the user may speak.</summary>
    private static EpisodeDigest Session(int number, params (string? Command, string Answer, bool Failed)[] steps) =>
        Session(number, "~/shop", steps);

    private static EpisodeDigest Session(
        int number,
        string project,
        params (string? Command, string Answer, bool Failed)[] steps
    )
    {
        var turns = new List<Turn> { new(TurnRole.User, "mend the cart") };
        foreach (var (command, answer, failed) in steps)
        {
            if (command is null)
            {
                turns.Add(new Turn(TurnRole.Assistant, "done"));
                turns.Add(new Turn(TurnRole.User, answer));
                continue;
            }

            var id = $"c{turns.Count}";
            var (tool, arguments) = command.StartsWith("edit ", StringComparison.Ordinal)
                ? ("Edit", (object)new { file_path = command[5..] })
                : ("Bash", new { command });
            turns.Add(
                new Turn(TurnRole.Assistant, "")
                {
                    ToolCalls = [new ToolCall(id, tool, System.Text.Json.JsonSerializer.Serialize(arguments))],
                }
            );
            turns.Add(new Turn(TurnRole.Tool, answer) { ToolCallId = id, IsError = failed });
        }

        turns.Add(new Turn(TurnRole.Assistant, "done"));
        var episode = Logged.Of($"agent/s{number}", $"s{number}", OutcomeKind.Succeeded, null, [.. turns]) with
        {
            Session = new Session($"s{number}") { Project = project },
            StartedAt = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero).AddDays(number),
        };
        return Digested.Of([episode])[0];
    }

    [Test]
    public void an_error_and_what_resolved_it()
    {
        var tasks = Enumerable
            .Range(0, 3)
            .Select(i =>
                Session(
                    i,
                    ("npm test", $"> jest\nError: Cannot find module '/home/u{i}/x/left-pad.js'\n at line {i}", true),
                    ("ls node_modules", "", false),
                    ("npm ci", "added 300 packages", false),
                    ("npm test", "ok", false)
                )
            )
            .ToList();

        var card = new CardMiner().Mine(tasks).Single(c => c.Kind == CardKind.Recovery);

        card.Text.ShouldBe(
            "When `npm test` says \"Error: Cannot find module …\": `npm ci` resolved it (in 3 of 3 tasks)."
        );
        card.TokensSaved.ShouldBeGreaterThan(0);
        card.PassRate.ShouldBe(1);
    }

    [Test]
    public void an_error_that_was_resolved_in_several_ways_or_by_several_things_teaches_none()
    {
        (string?, string, bool) failure = ("npm test", "Error: Cannot find module 'left-pad'", true);
        (string?, string, bool) success = ("npm test", "ok", false);
        EpisodeDigest[] ways =
        [
            Session(0, failure, ("npm ci", "", false), success),
            Session(1, failure, ("npm ci", "", false), success),
            Session(2, failure, ("edit package.json", "", false), success),
            Session(3, failure, ("edit package.json", "", false), success),
        ];
        EpisodeDigest[] things =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i => Session(i, failure, ("npm ci", "", false), ("edit package.json", "", false), success)),
        ];

        new CardMiner().Mine(ways).ShouldNotContain(c => c.Kind == CardKind.Recovery);
        new CardMiner().Mine(things).ShouldNotContain(c => c.Kind == CardKind.Recovery);
    }

    [Test]
    public void what_users_corrected_in_two_sessions()
    {
        EpisodeDigest[] tasks =
        [
            Session(0, (null, "no, use pnpm here and never npm", false)),
            Session(1, (null, "No, we use pnpm here, never npm!", false)),
            Session(2, (null, "no, the other file", false)),
            Session(3, (null, "no, put the icons left", false)),
        ];

        var card = new CardMiner().Mine(tasks).ShouldHaveSingleItem();

        card.Kind.ShouldBe(CardKind.Correction);
        card.Text.ShouldBe("Users had to say in 2 sessions: \"no, use pnpm here and never npm\"");
        new CardMiner().Mine([.. tasks.Skip(1)]).ShouldBeEmpty();
    }

    [Test]
    public void a_guess_before_the_right_command_is_what_a_card_saves()
    {
        var guessed = Session(
            0,
            ("npm test", new string('x', 400) + "\nmissing script: test", true),
            ("make test", "ok", false)
        );
        var plain = Session(1, ("make test", "FAILED 3 tests", true), ("make test", "ok", false));
        var third = Session(2, ("make test", "ok", false));

        var card = new CardMiner().Mine([guessed, plain, third]).Single(c => c.Text.Contains("make test"));

        // A run that fails and passes under the same name is work on the code and no detour.
        card.TokensSaved.ShouldBe(
            (Logged.CountTokens(new string('x', 400) + "\nmissing script: test") + 2) / 3.0,
            1e-9
        );
    }

    [Test]
    public void a_command_that_was_replaced_leaves_the_imprint()
    {
        var tasks = Enumerable
            .Range(0, 10)
            .Select(i => Session(i, (i < 4 ? "tox" : "pytest -q", "ok", false)))
            .ToList();

        var cards = new CardMiner().Mine(tasks);

        cards.Single(c => c.Text.Contains("tox")).ReplacedBy.ShouldBe("pytest");
        cards.Single(c => c.Text.Contains("pytest")).ReplacedBy.ShouldBeNull();
        Imprint.Of(cards, Logged.CountTokens, 1000).Lines().ShouldHaveSingleItem().ShouldContain("pytest");
    }

    [Test]
    public void folders_of_one_repository_are_one_project()
    {
        string[] files = ["cmd/root.go", "cmd/serve.go", "go.mod"];
        var tasks = Enumerable
            .Range(0, 3)
            .Select(i => Task(i, "mend", files, ["go test ./..."], project: $"~/u{i}/shop"))
            .ToList();
        var strangers = Enumerable
            .Range(0, 3)
            .Select(i => Task(i, "mend", [$"{i}.go"], ["go test ./..."], project: $"~/u{i}/shop"))
            .ToList();

        new CardMiner().Mine(tasks).ShouldHaveSingleItem().Tasks.ShouldBe(3);
        new CardMiner().Mine(strangers).ShouldBeEmpty();
    }

    [Test]
    public void what_people_decide_on_a_card_counts()
    {
        var cards = new CardMiner().Mine([
            .. Enumerable.Range(0, 8).Select(i => Task(i, "mend", [], ["go test ./...", "golangci-lint run"])),
        ]);
        var accepted = new CardReview(
            cards[1].Id,
            CardDecision.Accepted,
            "ada",
            DateTimeOffset.UnixEpoch,
            "Lint, please."
        );
        var rejected = accepted with { Decision = CardDecision.Rejected, Text = null };

        Imprint Pack(CardReview review, int budget) =>
            Imprint.Of(
                cards,
                Logged.CountTokens,
                budget,
                new Dictionary<string, CardReview> { [review.Card] = review }
            );

        Pack(accepted, budget: 20).Lines().ShouldHaveSingleItem().ShouldStartWith("- Lint, please. <!-- card ");
        Pack(rejected, budget: 1000).Lines().ShouldHaveSingleItem().ShouldContain("go test");
    }

    [Test]
    public void a_card_expires_when_its_file_or_command_is_gone()
    {
        using var home = new TemporaryFolder();
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "shop")).FullName;
        File.WriteAllText(Path.Combine(folder, "Makefile"), "test:\n\tgo test ./...\n");
        var command = new CardMiner().Mine([
            .. Enumerable.Range(0, 3).Select(i => Session(i, ("make test", "ok", false))),
        ])[0];
        var file = command with { Kind = CardKind.Files, File = "cart.go" };
        var outside = file with { File = "../../etc/none" };

        CardExpiry.Of(command, home.Path).ShouldBeNull();
        CardExpiry.Of(command with { Project = "~/elsewhere" }, home.Path).ShouldBeNull();
        CardExpiry
            .Of(command with { Text = "Run tests with `make check`." }, home.Path)
            .ShouldBe("Makefile knows no 'check'");
        CardExpiry
            .Of(command with { Text = "Run tests with `./ops/test.sh fast`." }, home.Path)
            .ShouldBe("./ops/test.sh is gone");
        CardExpiry.Of(file, home.Path).ShouldBe("cart.go is gone");
        CardExpiry.Of(outside, home.Path).ShouldBeNull();

        var card = command with { Text = "Run tests with `mise run db:check`." };
        CardExpiry.Of(card, home.Path).ShouldBeNull("no configuration is there");
        File.WriteAllText(Path.Combine(folder, "mise.toml"), "[tasks.build]\nrun = \"go build\"\n");
        CardExpiry.Of(card, home.Path).ShouldBe("mise.toml knows no 'db:check'");
        Directory.CreateDirectory(Path.Combine(folder, "mise-tasks", "db"));
        File.WriteAllText(Path.Combine(folder, "mise-tasks", "db", "check.sh"), "#!/bin/sh\n");
        CardExpiry.Of(card, home.Path).ShouldBeNull("a file is the task");
        Directory.Delete(Path.Combine(folder, "mise-tasks"), recursive: true);
        File.WriteAllText(Path.Combine(home.Path, "mise.toml"), "[task_config]\nincludes = [\"shared.toml\"]\n");
        CardExpiry.Of(card, home.Path).ShouldBeNull("another file is included");
    }

    [Test]
    public void an_imprint_is_the_leanest_pack_within_its_budget()
    {
        var cards = new CardMiner().Mine([
            .. Enumerable
                .Range(0, 8)
                .Select(i => Task(i, "mend", [], i < 4 ? ["go test ./...", "golangci-lint run"] : ["go test ./..."])),
        ]);
        cards.Count.ShouldBe(2);
        static int Words(string text) => text.Split(' ').Length;

        var lean = Imprint.Of(
            cards,
            Words,
            budget: Words($"- {cards[0].Text} <!-- card {cards[0].Id}: 8 tasks, 8 sessions -->")
        );
        var whole = Imprint.Of(cards, Words, budget: 1000);

        lean.Cards.Select(c => c.Kind).ShouldBe([CardKind.Tests]);
        whole.Cards.Count.ShouldBe(2);
        whole.Version.ShouldNotBe(lean.Version);
        whole.Version.ShouldBe(Imprint.Of([.. cards.Reverse()], Words, 1000).Version);
        whole.ToSection().ShouldContain("- Run tests with `go test ./...`");
        whole.ToSkill().ShouldStartWith("---\nname: project-memory\n");
        Imprint.Of(cards, Words, budget: 1).Cards.ShouldBeEmpty();
    }
}
