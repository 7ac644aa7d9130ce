using Distiller.Mining.Cards;
using Distiller.Mining.Digesting;

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
