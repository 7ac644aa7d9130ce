using Distiller.Mining.Examples;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Examples;

[TestFixture]
internal sealed class conversations_become_windows
{
    private const string System = "You are a careful agent. Use the tools.";

    private static string Words(string stem, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(i => $"{stem}.{i}"));

    private static Episode Talk(params (TurnRole Role, string Text)[] turns) =>
        Logged.Of("t", "k", OutcomeKind.Succeeded, null, [.. turns.Select(t => new Turn(t.Role, t.Text))]);

    private static (ExampleSet Set, List<(string Text, string Loss)> Read) Build(Episode episode, int max)
    {
        var tokenizer = new WordTokenizer();
        var set = new ExampleBuilder(tokenizer.Chat, new ExampleOptions { SequenceTokensMax = max }).Build([episode]);
        return (
            set,
            [
                .. set.Examples.Select(e =>
                    (tokenizer.Text(e.Tokens), tokenizer.Text(e.Tokens.Where((_, i) => e.LossMask[i])))
                ),
            ]
        );
    }

    [Test]
    public void a_short_one_is_one_window_with_loss_on_the_assistant_alone()
    {
        var (set, read) = Build(
            Talk(
                (TurnRole.System, "The long policy."),
                (TurnRole.User, "hello"),
                (TurnRole.Assistant, "hi there"),
                (TurnRole.User, "bye"),
                (TurnRole.Assistant, "farewell")
            ),
            64
        );

        read.ShouldBe([
            (
                $"<system> {System} <end> <user> hello <end> <assistant> hi there <end> <user> bye <end> <assistant> farewell <end>",
                "hi there <end> farewell <end>"
            ),
        ]);
        set.Report.LossTokens.ShouldBe(5);
        set.Report.Tokens.ShouldBe(set.Examples[0].Tokens.Length);
    }

    [Test]
    public void every_assistant_turn_carries_loss_exactly_once_right_after_what_it_answers()
    {
        var random = new Random(17);
        for (var round = 0; round < 60; round++)
        {
            var turns = new List<(TurnRole, string)>();
            var said = new List<(string Before, string Text)>();
            if (round % 5 != 0)
            {
                turns.Add((TurnRole.User, Words("u", random.Next(1, 30))));
            }

            for (var i = 0; i < 25; i++)
            {
                var before = turns.Count == 0 ? "" : turns[^1].Item2;
                said.Add((before, Words($"a{i}", random.Next(1, 25))));
                turns.Add((TurnRole.Assistant, said[^1].Text));
                turns.Add((random.Next(2) == 0 ? TurnRole.User : TurnRole.Tool, Words($"o{i}", random.Next(1, 30))));
            }

            const int max = 110;
            var (set, read) = Build(Talk([.. turns]), max);

            set.Examples.ShouldAllBe(e =>
                e.Tokens.Length <= max && !e.LossMask[0] && e.Tokens.Length == e.LossMask.Length
            );
            read.ShouldAllBe(r => r.Text.StartsWith($"<system> {System} <end> <", StringComparison.Ordinal));
            string.Join(' ', read.Select(r => r.Loss)).ShouldBe(string.Join(' ', said.Select(s => $"{s.Text} <end>")));
            foreach (var (before, text) in said)
            {
                var window = read.Single(r => $" {r.Loss} ".Contains($" {text} <end> ", StringComparison.Ordinal));
                var last = before.Length == 0 ? "" : before.Split(' ')[^1];
                window.Text.ShouldMatch(
                    $@"{System.Replace(".", @"\.")} <end>.*{last.Replace(".", @"\.")} (</tool_response> )?(<end> )?<assistant> {text.Replace(".", @"\.")} <end>"
                );
            }

            set.Report.TruncatedTurns.ShouldBe(0);
            set.Report.DroppedTurns.ShouldBe(0);
        }
    }

    [Test]
    public void later_windows_carry_the_last_turns_that_fit_as_context_without_loss()
    {
        var turns = Enumerable
            .Range(0, 12)
            .SelectMany(i => new[] { (TurnRole.User, Words($"u{i}", 6)), (TurnRole.Assistant, Words($"a{i}", 6)) });

        var (_, read) = Build(Talk([.. turns]), 80);

        // 10 tokens of system; a pair of turns takes 16: four pairs fit, of a later window three, because it repeats the request.
        read.Select(r => r.Loss.Split(' ').Count(w => w == "<end>")).ShouldBe([4, 3, 3, 2]);
        read[1].Loss.ShouldStartWith("a4.0");
        read[3].Text.ShouldContain(" u9.0", customMessage: "room that targets leave is for context");
    }

    [Test]
    public void every_window_holds_the_request()
    {
        (TurnRole, string)[] turns =
        [
            (TurnRole.User, "mend the engine"),
            .. Enumerable
                .Range(0, 40)
                .SelectMany(i =>
                    new[]
                    {
                        (TurnRole.Assistant, Words($"a{i}", 4)),
                        (TurnRole.Tool, Words($"o{i}", i % 7 == 0 ? 300 : 6)),
                    }
                ),
            (TurnRole.Assistant, "done"),
        ];

        var (_, read) = Build(Talk(turns), 80);

        read.Count.ShouldBeGreaterThan(5);
        read[0].Text.ShouldContain("<user> mend the engine <end> <assistant> a0.0");
        read.Skip(1)
            .ShouldAllBe(r => r.Text.Contains("<user> mend the engine [earlier steps left out] <tool_response> "));
    }

    [Test]
    public void a_long_request_is_repeated_by_its_ends()
    {
        (TurnRole, string)[] turns =
        [
            (TurnRole.User, Words("want", 60)),
            .. Enumerable
                .Range(0, 20)
                .SelectMany(i => new[] { (TurnRole.Assistant, Words($"a{i}", 8)), (TurnRole.Tool, Words($"o{i}", 8)) }),
            (TurnRole.Assistant, "done"),
        ];

        var (_, read) = Build(Talk(turns), 100);

        read[^1].Text.ShouldContain("<user> want.0 want.1 ");
        read[^1].Text.ShouldContain(" [left out] ");
        read[^1].Text.ShouldContain("want.59 [earlier steps left out] ");
    }

    [Test]
    public void what_the_harness_said_is_left_out_where_a_person_asks()
    {
        var episode = Logged.Of(
            "t",
            "k",
            OutcomeKind.Succeeded,
            null,
            new Turn(TurnRole.User, "a notice") { Origin = TurnOrigin.Harness },
            new Turn(TurnRole.User, "mend it"),
            new Turn(TurnRole.Assistant, "done")
        );

        Build(episode, 64).Read.Single().Text.ShouldContain("<end> <user> mend it <end> <assistant> done");
    }

    [Test]
    public void a_long_observation_loses_its_head_so_that_the_answer_fits()
    {
        var (set, read) = Build(
            Talk(
                (TurnRole.User, "go"),
                (TurnRole.Assistant, "looking"),
                (TurnRole.Tool, Words("log", 500)),
                (TurnRole.Assistant, Words("answer", 20))
            ),
            100
        );

        read.Count.ShouldBe(2);
        read[1].Text.ShouldContain("<user> go [earlier steps left out] <tool_response> [beginning left out] ");
        read[1].Text.ShouldContain("log.499 </tool_response> <end> <assistant> answer.0");
        read[1].Loss.ShouldBe(Words("answer", 20) + " <end>");
        set.Examples[1].Tokens.Length.ShouldBeInRange(95, 100);
        set.Report.ShortenedObservations.ShouldBe(1);
        set.Report.TruncatedTurns.ShouldBe(0);
    }

    [Test]
    public void a_turn_that_alone_is_too_long_keeps_its_beginning_and_is_counted()
    {
        var (set, read) = Build(
            Talk(
                (TurnRole.User, "go"),
                (TurnRole.Assistant, Words("essay", 300)),
                (TurnRole.User, "more"),
                (TurnRole.Assistant, "enough")
            ),
            100
        );

        read.Count.ShouldBe(2);
        read[0].Text.ShouldContain("<user> go <end> <assistant> essay.0 essay.1 ");
        read[0].Loss.ShouldStartWith("essay.0 essay.1 ");
        read[0].Loss.ShouldNotContain("<end>", customMessage: "it must not learn to stop in the middle");
        set.Examples[0].Tokens.Length.ShouldBe(100);
        read[1].Loss.ShouldBe("enough <end>");
        set.Report.TruncatedTurns.ShouldBe(1);
    }

    [Test]
    public void a_turn_of_hidden_reasoning_alone_is_no_target()
    {
        var (set, read) = Build(
            Talk(
                (TurnRole.User, "go"),
                (TurnRole.Assistant, "  "),
                (TurnRole.User, "well?"),
                (TurnRole.Assistant, "done")
            ),
            64
        );

        read.ShouldHaveSingleItem().Loss.ShouldBe("done <end>");
        set.Report.DroppedTurns.ShouldBe(0);
    }

    /// <summary>A template that writes a summary token for every message before: the whole is longer than its parts.</summary>
    [Test]
    public void a_template_that_writes_more_for_many_messages_still_fits()
    {
        var words = new WordTokenizer();
        (int[] Tokens, bool[] AssistantMask) Chat(IReadOnlyList<ChatMessage> messages)
        {
            var (tokens, spoken) = words.Chat(messages);
            var more = Enumerable.Repeat(tokens[0], messages.Count * messages.Count).ToList();
            return ([.. tokens, .. more], [.. spoken, .. more.Select(_ => false)]);
        }

        var turns = Enumerable
            .Range(0, 12)
            .SelectMany(i => new[] { (TurnRole.User, Words($"u{i}", 6)), (TurnRole.Assistant, Words($"a{i}", 6)) });

        var set = new ExampleBuilder(Chat, new ExampleOptions { SequenceTokensMax = 80 }).Build([Talk([.. turns])]);

        set.Examples.ShouldAllBe(e => e.Tokens.Length <= 80);
        string.Join(' ', set.Examples.Select(e => words.Text(e.Tokens.Where((_, i) => e.LossMask[i]))))
            .ShouldBe(string.Join(' ', Enumerable.Range(0, 12).Select(i => $"{Words($"a{i}", 6)} <end>")));
    }

    [Test]
    public void a_template_that_hides_turns_is_refused()
    {
        var builder = new ExampleBuilder(_ => ([1, 2, 3], [false, true, true]), new ExampleOptions());
        var episode = Talk(
            (TurnRole.User, "a"),
            (TurnRole.Assistant, "b"),
            (TurnRole.User, "c"),
            (TurnRole.Assistant, "d")
        );

        Should
            .Throw<InvalidOperationException>(() => builder.Build([episode]))
            .Message.ShouldContain("1 assistant turns in a window of 2");
    }
}
