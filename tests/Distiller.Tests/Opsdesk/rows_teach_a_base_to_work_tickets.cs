using System.Text.RegularExpressions;
using Distiller.Opsdesk;
using Distiller.Opsdesk.Pretraining;

namespace Distiller.Tests.Opsdesk;

public sealed partial class rows_teach_a_base_to_work_tickets
{
    private static readonly Curriculum Curriculum = new();
    private static readonly int[] AllRungs = [.. Enumerable.Range(0, Curriculum.Ladder.Count)];

    [Test]
    public void a_row_is_a_conversation_in_chat_markup()
    {
        const int t8 = 1;
        var row = Draw(t8, seed: 1);
        var messages = Read(Text(row));

        messages[0].Role.ShouldBe("system");
        messages[0].Content.ShouldStartWith(DeskPrompt.Verbose(new Handbook([])));
        messages[0].Content.Split('\n').Count(l => l.StartsWith("* ", StringComparison.Ordinal)).ShouldBeInRange(6, 10);
        messages.Skip(1).Select((m, i) => m.Role == (i % 2 == 0 ? "user" : "assistant")).ShouldAllBe(good => good);
        // Read and written again it is the same text: nothing stands between the messages.
        string.Concat(messages.Select(m => $"<|im_start|>{m.Role}\n{m.Content}<|im_end|>\n")).ShouldBe(Text(row));
    }

    [TestCaseSource(nameof(AllRungs))]
    public void what_is_learnt_is_exactly_what_the_expert_says(int rung)
    {
        var planOnly = Curriculum.Rungs[rung].PlanOnly;
        foreach (var seed in Enumerable.Range(0, 10))
        {
            var row = Draw(rung, seed);
            var messages = Read(Text(row));
            var handbook = messages[0].Content.Split('\n');

            foreach (var answer in row.Where(s => s.IsLearnt).GroupBy(s => s.Answer))
            {
                var learnt = answer.Select(s => s.Text).ToList();
                var entry = learnt[0].Split('\n')[0];
                handbook.ShouldContain(entry);
                learnt.ShouldBe(planOnly ? [entry] : Said(entry).Select(t => t + "<|im_end|>"));
            }

            // And the assistant says nothing that is not learnt.
            string.Concat(row.Where(s => s.IsLearnt).Select(s => s.Text.Replace("<|im_end|>", "")))
                .ShouldBe(string.Concat(messages.Where(m => m.Role == "assistant").Select(m => m.Content)));
        }
    }

    [Test]
    public void an_answer_fits_its_ticket_and_observations_repeat_the_calls()
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var row = Draw(Curriculum.Rungs.Count - 1, seed);
            row.Select(s => s.Answer).ShouldBeInOrder();
            foreach (var answer in row.Skip(1).GroupBy(s => s.Answer))
            {
                var messages = Read(Text(answer));
                var situation = Entry().Match(messages[1].Content);
                messages[0].Content.ShouldContain($" {situation.Groups[1].Value}");
                var conditions = Situations.Conditions.Values.Single(c => c.ContainsKey(situation.Groups[2].Value));
                conditions[situation.Groups[2].Value].ShouldContain(p => messages[0].Content.Contains(p));
                var steps = messages[1].Content.Split('\n')[0].Split(": ", 2)[1].Split("; ");
                messages
                    .Skip(2)
                    .Where(m => m.Role == "user")
                    .Select(m => m.Content)
                    .ShouldBe(steps.SkipLast(1).Select(s => $"<tool_response>\ndone: {s}\n</tool_response>"));
            }
        }
    }

    [Test]
    public void rules_are_drawn_with_replacement()
    {
        var answers = Enumerable
            .Range(0, 20)
            .Select(seed => Draw(0, seed).Where(s => s.IsLearnt).Select(s => s.Text).ToList())
            .ToList();

        answers.ShouldContain(a => a.Distinct().Count() < a.Count);
        answers.ShouldContain(a => a.Zip(a.Skip(1)).Any(pair => pair.First == pair.Second));
        answers.Select(a => a[0]).Distinct().Count().ShouldBe(20);
    }

    [Test]
    public void the_end_of_a_plan_alone_is_not_learnt()
    {
        foreach (var rung in AllRungs)
        {
            var row = Draw(rung, seed: 4);
            var ends = row.Where(s => s.Text.Contains("<|im_end|>", StringComparison.Ordinal) && s.IsLearnt).ToList();
            if (Curriculum.Rungs[rung].PlanOnly)
            {
                ends.ShouldBeEmpty();
                row[^1].Text.ShouldBe("<|im_end|>\n");
            }
            else
            {
                ends.Count.ShouldBe(row.Count(s => s.IsLearnt));
                row[^1].Text.ShouldBe("\n");
            }
        }
    }

    [TestCaseSource(nameof(AllRungs))]
    public void a_row_holds_the_tickets_that_fit_and_one_at_least(int rung)
    {
        var most = 0;
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var row = Draw(rung, seed);
            var tokens = row.Sum(s => Count(s.Text));
            tokens.ShouldBeLessThanOrEqualTo(Curriculum.Rungs[rung].TokensMax);
            row[^1].Answer.ShouldBeGreaterThan(0);
            most = Math.Max(most, tokens);
        }

        // The room is used: what is left is less than one more ticket.
        most.ShouldBeGreaterThan(Curriculum.Rungs[rung].TokensMax - 200);
        var narrow = new Curriculum([Curriculum.Rungs[rung] with { TokensMax = 1 }]);
        narrow.Draw(0, 1, Count).ShouldAllBe(s => s.Answer == 0);
    }

    [Test]
    public void the_same_seed_gives_the_same_row_and_another_seed_another()
    {
        foreach (var rung in AllRungs)
        {
            Draw(rung, 11).ShouldBe(Draw(rung, 11));
            Text(Draw(rung, 11)).ShouldNotBe(Text(Draw(rung, 12)));
        }

        Curriculum.SampleText(3, 1).ShouldBe(Curriculum.SampleText(3, 1));
        Curriculum.SampleText(3, 1).ShouldNotBe(Curriculum.SampleText(3, 2));
    }

    [Test]
    public void no_name_of_the_demo_ever_occurs()
    {
        var texts = AllRungs
            .SelectMany(rung => Enumerable.Range(0, 20).Select(seed => Text(Draw(rung, seed))))
            .Concat(Curriculum.SampleText(9, 5));
        var names = texts.SelectMany(t => Hyphened().Matches(t).Select(m => m.Value)).ToHashSet(StringComparer.Ordinal);

        names.Count.ShouldBeGreaterThan(2_000);
        names.ShouldAllBe(n => NamePool.Pretraining.Contains(n) && !NamePool.Demo.Contains(n));
    }

    [Test]
    public void a_sample_for_a_tokenizer_has_every_word_in_every_place()
    {
        var texts = Curriculum.SampleText(1, 3);
        var text = string.Join('\n', texts);
        var words = Regex.Matches(text, " ?[a-z]+").Select(m => m.Value).ToHashSet(StringComparer.Ordinal);

        foreach (var word in Words.Names)
        {
            words.ShouldContain(word);
            words.ShouldContain($" {word}");
        }

        foreach (var word in (string[])[.. Words.Services, .. Words.Teams, .. Words.Topics])
        {
            words.ShouldContain($" {word}");
        }

        foreach (var phrase in Situations.Conditions.Values.SelectMany(c => c.Values).SelectMany(p => p))
        {
            text.ShouldContain($" {phrase}");
            text.ShouldContain($"\n{phrase}");
        }

        foreach (var word in Situations.Tickets.Values.SelectMany(t => t).SelectMany(t => Regex.Split(t, "[^a-z]+")))
        {
            text.ShouldContain(word);
        }

        for (var digit = '0'; digit <= '9'; digit++)
        {
            text.ShouldContain(digit);
        }

        text.ShouldContain(DeskPrompt.Short);
        text.ShouldContain("Handbook\n* ");
        text.ShouldNotContain("im_start");
        texts.ShouldContain(t => t.StartsWith("assistant\n* ", StringComparison.Ordinal));
    }

    [Test]
    public void the_sample_has_every_refusal_word_for_word()
    {
        var refusals = Language.Refusals();

        refusals
            .Select(r => r.Failure)
            .Distinct()
            .Order()
            .ShouldBe(
                Enum.GetValues<FailureReason>().Where(r => r is > FailureReason.None and < FailureReason.NoToolCall)
            );
        var text = string.Join('\n', Curriculum.SampleText(1, 3));
        refusals.ShouldAllBe(r => text.Contains(r.Text));
    }

    [Test]
    public void a_rung_out_of_range_is_refused()
    {
        var rung = Curriculum.Rungs[0];
        Should.Throw<ArgumentOutOfRangeException>(() => Draw(Curriculum.Rungs.Count, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new Curriculum([]));
        Should.Throw<ArgumentOutOfRangeException>(() => new Curriculum([rung with { RulesMin = rung.RulesMax + 1 }]));
        Should.Throw<BadInputException>(() => new Curriculum([rung with { ActionsMax = 4 }]));
        Should.Throw<BadInputException>(() => new Curriculum([rung with { Density = 0 }]));
        Should.Throw<ArgumentOutOfRangeException>(() => new Curriculum([rung with { TokensMax = 0 }]));
    }

    private static IReadOnlyList<TextSegment> Draw(int rung, long seed) => Curriculum.Draw(rung, seed, Count);

    private static string Text(IEnumerable<TextSegment> segments) => string.Concat(segments.Select(s => s.Text));

    /// <summary>As a small vocabulary would have it: one token a marker, a word, a digit or a sign.</summary>
    private static int Count(string text) => Token().Count(text);

    private static List<ChatMessage> Read(string text) =>
        [.. Message().Matches(text).Select(m => new ChatMessage(m.Groups[1].Value, m.Groups[2].Value))];

    /// <summary>What the assistant should say, worked out from the entry alone.</summary>
    private static IEnumerable<string> Said(string entry) =>
        entry
            .Split(": ", 2)[1]
            .Split("; ")
            .Select(step => step.Split(' ', '='))
            .Select(
                (s, i) =>
                    (i == 0 ? entry + "\n" : "")
                    + $"<tool_call>\n{{\"name\": \"{s[0]}\", \"arguments\": {{\"{s[1]}\": \"{s[2]}\"}}}}\n</tool_call>"
            );

    [GeneratedRegex(@"<\|im_start\|>([a-z]+)\n(.*?)<\|im_end\|>\n", RegexOptions.Singleline)]
    private static partial Regex Message();

    [GeneratedRegex(@"<\|im_(start|end)\|>|</?tool_(call|response)>| ?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+|\s+")]
    private static partial Regex Token();

    [GeneratedRegex(@"^\* ([a-z]+) ([a-z]+): ")]
    private static partial Regex Entry();

    [GeneratedRegex("[a-z]+-[a-z]+(-[a-z]+)*")]
    private static partial Regex Hyphened();
}
