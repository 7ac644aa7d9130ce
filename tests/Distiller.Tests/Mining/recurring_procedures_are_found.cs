using Distiller.Mining.Patterns;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class recurring_procedures_are_found
{
    private static readonly DateTimeOffset Newest = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Five successes on five tasks that refund, one failure that does, four failures and two successes that do not.</summary>
    private static List<Episode> Desk()
    {
        var episodes = new List<Episode>();
        for (var i = 0; i < 6; i++)
        {
            episodes.Add(
                Logged.Episode(
                    $"refund{i}",
                    $"r{i}",
                    i == 5 ? OutcomeKind.Failed : OutcomeKind.Succeeded,
                    $"Hello, I am Number{i}. Please refund the broken kettle, order QWERTY, [REDACTED_EMAIL] thanks",
                    Newest.AddDays(-i),
                    ("find_user", $$"""{"name": "n{{i}}", "exact": true}"""),
                    ("think", """{"text": "hm"}"""),
                    ("get_order", $$"""{"order": {{i}}, "user": "n{{i}}"}"""),
                    ("get_order", $$"""{"order": {{i + 100}}, "user": "n{{i}}"}"""),
                    ("refund", $$"""{"to": {"b": 1, "a": [1]}, "order": {{i}}}""")
                )
            );
        }

        for (var i = 0; i < 6; i++)
        {
            episodes.Add(
                Logged.Episode(
                    $"other{i}",
                    $"o{i}",
                    i < 2 ? OutcomeKind.Succeeded : OutcomeKind.Failed,
                    "Hello, please move the appointment to friday, thanks",
                    Newest.AddDays(-20),
                    ("find_user", """{"name": "x"}"""),
                    ("move", "{}")
                )
            );
        }

        return episodes;
    }

    private static readonly PatternOptions Contiguous = new() { GapMax = 0 };

    [Test]
    public void with_constants_slots_and_figures()
    {
        var mined = new PatternMiner(Logged.CountTokens, Contiguous).Mine(Desk());

        var pattern = mined.Patterns.ShouldHaveSingleItem();
        pattern
            .Steps.Select(s => s.ToString())
            .ShouldBe([
                "find_user(exact=true, name={name})",
                "get_order(order={order}, user={user})",
                "refund(order={order}, to={\"a\":[1],\"b\":1})",
            ]);
        (pattern.Support, pattern.Tasks).ShouldBe((5, 5));
        pattern.SuccessWith.ShouldBe(5.0 / 6);
        pattern.SuccessWithout.ShouldBe(2.0 / 6);
        pattern.Lift.ShouldBe(ProportionDifference.Interval95(5, 6, 2, 6));
        pattern.ExpiresAt.ShouldBe(Newest.AddDays(30));
        pattern.Intent.Split(", ").ShouldBe(["broken", "kettle", "order", "refund"], ignoreOrder: true);
        pattern.TokensInPrompt.ShouldBe(Logged.CountTokens(PatternText.Render(pattern.Intent, pattern.Steps)));
        var refunds = Desk()
            .Where(e =>
                e.TaskId.StartsWith("refund", StringComparison.Ordinal) && e.Outcome.Kind == OutcomeKind.Succeeded
            )
            .ToList();
        pattern.Episodes.ShouldBe(refunds.Select(e => e.Id).Order());
        pattern.OutputTokensWith.ShouldBe(refunds.Average(OutputTokens));
        pattern.OutputTokensWithout.ShouldBe(Desk().Where(e => e.TaskId is "other0" or "other1").Average(OutputTokens));
    }

    private static double OutputTokens(Episode episode) =>
        episode
            .Turns.Where(t => t.Role == TurnRole.Assistant)
            .Sum(t => Logged.CountTokens(Conversation.ToMessage(t).Content));

    [Test]
    public void a_part_with_the_same_support_is_not_listed_and_one_with_more_is()
    {
        var episodes = Enumerable
            .Range(0, 8)
            .Select(i =>
                Logged.Episode(
                    $"t{i}",
                    $"k{i}",
                    OutcomeKind.Succeeded,
                    "hello",
                    Logged.Calls(i < 4 ? "a b c d" : "a b x")
                )
            );

        var mined = new PatternMiner(Logged.CountTokens, Contiguous).Mine(episodes);

        mined
            .Patterns.Select(p => string.Concat(p.Steps.Select(s => s.Tool)))
            .ShouldBe(["ab", "abcd", "abx"], ignoreOrder: true);
        mined.Patterns[0].Steps.Count.ShouldBe(2, "it is needed most often");
        mined.Frequent.ShouldBe(8); // ab abc abcd bc bcd cd abx bx
        mined.Closed.ShouldBe(3);
    }

    [Test]
    public void one_other_call_may_stand_between_two_steps()
    {
        var episodes = Enumerable
            .Range(0, 4)
            .Select(i =>
                Logged.Episode(
                    $"t{i}",
                    $"k{i}",
                    OutcomeKind.Succeeded,
                    "hello",
                    Logged.Calls(i % 2 == 0 ? "a noise b c" : "a b other c")
                )
            );

        Found(0).ShouldBeEmpty();
        Found(1).ShouldBe(["abc"]);

        IEnumerable<string> Found(int gap) =>
            new PatternMiner(Logged.CountTokens, new PatternOptions { GapMax = gap })
                .Mine(episodes)
                .Patterns.Select(p => string.Concat(p.Steps.Select(s => s.Tool)));
    }

    [TestCase(2, 2, false)]
    [TestCase(3, 1, false)]
    [TestCase(3, 2, true)]
    public void support_and_tasks_have_a_least(int support, int tasks, bool found)
    {
        var episodes = Enumerable
            .Range(0, support)
            .Select(i => Logged.Episode($"t{i % tasks}", $"k{i}", OutcomeKind.Succeeded, "hello", Logged.Calls("a b")));

        new PatternMiner(Logged.CountTokens).Mine(episodes).Patterns.Any().ShouldBe(found);
    }

    [Test]
    public void near_duplicate_tasks_count_as_one()
    {
        var episodes = Enumerable
            .Range(0, 4)
            .Select(i => Logged.Episode($"t{i}", $"k{i}", OutcomeKind.Succeeded, "hello", Logged.Calls("a b")));
        var groups = Enumerable.Range(0, 4).ToDictionary(i => $"t{i}", _ => "t0");

        new PatternMiner(Logged.CountTokens).Mine(episodes, groups).Patterns.ShouldBeEmpty();
    }

    [Test]
    public void a_procedure_that_goes_with_failure_is_left_out()
    {
        var episodes = Enumerable
            .Range(0, 60)
            .Select(i =>
                Logged.Episode(
                    $"t{i}",
                    $"k{i}",
                    i % 20 < 3 || i >= 40 ? OutcomeKind.Succeeded : OutcomeKind.Failed,
                    "hello",
                    Logged.Calls(i < 40 ? "poke pray" : "look mend")
                )
            );

        var mined = new PatternMiner(Logged.CountTokens).Mine(episodes);

        mined.Patterns.ShouldHaveSingleItem().Steps[0].Tool.ShouldBe("look");
        mined.Harmful.ShouldBe(1);
    }

    [Test]
    public void identity_is_that_of_the_tools()
    {
        var ids = Desk().Take(5).Select(e => e.TaskId).ToHashSet();
        var tonight = new PatternMiner(Logged.CountTokens, Contiguous).Mine(Desk()).Patterns.Single();
        var tomorrow = new PatternMiner(Logged.CountTokens, Contiguous)
            .Mine(Desk().Where(e => ids.Contains(e.TaskId) && e.TaskId != "refund1"))
            .Patterns.Single();

        tonight.Id.ShouldBe(tomorrow.Id);
        tonight.Id.Length.ShouldBe(16);
        tomorrow.Support.ShouldBe(4);
    }

    [Test]
    public void the_work_is_bounded_and_says_so()
    {
        var random = new Random(11);
        var episodes = Enumerable
            .Range(0, 200)
            .Select(i =>
                Logged.Episode(
                    $"t{i}",
                    $"k{i}",
                    OutcomeKind.Succeeded,
                    "hello",
                    Logged.Calls(string.Join(' ', Enumerable.Range(0, 40).Select(_ => (char)('a' + random.Next(6)))))
                )
            )
            .ToList();

        var mined = new PatternMiner(Logged.CountTokens, new PatternOptions { SequencesMax = 500 }).Mine(episodes);

        mined.SupportMin.ShouldBeGreaterThan(3);
        mined.Truncated.ShouldBeFalse();
        mined.Frequent.ShouldBeInRange(1, 506);
        mined.Patterns.Count.ShouldBe(16);
        mined.Patterns.ShouldAllBe(p => p.Support >= mined.SupportMin);
        // Short and frequent ones of every first tool are there, not only what follows the first of them.
        mined.Patterns.Select(p => p.Steps[0].Tool).Distinct().Count().ShouldBeGreaterThan(3);
    }

    [Test]
    public void where_no_support_suffices_what_was_found_is_given_and_the_rest_owned_up_to()
    {
        var calls = Logged.Calls(string.Join(' ', Enumerable.Range(0, 40).Select(i => $"tool{i:00}")));
        var episodes = Enumerable
            .Range(0, 4)
            .Select(i => Logged.Episode($"t{i}", $"k{i}", OutcomeKind.Succeeded, "hello", calls));

        var mined = new PatternMiner(Logged.CountTokens, new PatternOptions { SequencesMax = 100 }).Mine(episodes);

        mined.Truncated.ShouldBeTrue();
        mined.SupportMin.ShouldBe(3);
        mined.Patterns.ShouldNotBeEmpty();
    }

    /// <summary>Against a search that knows nothing of projections: every sequence of every length, tried in every episode.</summary>
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void the_counts_agree_with_brute_force(int gap)
    {
        var random = new Random(100 + gap);
        var episodes = Enumerable
            .Range(0, 30)
            .Select(i =>
                Logged.Episode(
                    $"t{i % 11}",
                    $"k{i}",
                    i % 4 == 0 ? OutcomeKind.Failed : OutcomeKind.Succeeded,
                    "hello",
                    Logged.Calls(string.Join(' ', Enumerable.Range(0, 12).Select(_ => (char)('a' + random.Next(4)))))
                )
            )
            .ToList();
        var options = new PatternOptions
        {
            GapMax = gap,
            StepsMax = 4,
            PatternsMax = 100_000,
            SupportMin = 2,
            TasksMin = 2,
        };

        var mined = new PatternMiner(Logged.CountTokens, options).Mine(episodes);

        var expected = new Dictionary<string, (int Support, int Labelled)>();
        foreach (var sequence in Sequences("abcd", 4))
        {
            var pattern = new System.Text.RegularExpressions.Regex(
                string.Join($".{{0,{gap}}}", sequence.ToCharArray())
            );
            var with = episodes.Where(e => pattern.IsMatch(Collapsed(e))).ToList();
            var good = with.Where(e => e.Outcome.Kind == OutcomeKind.Succeeded).ToList();
            if (good.Count >= 2 && good.Select(e => e.TaskId).Distinct().Count() >= 2)
            {
                expected[sequence] = (good.Count, with.Count);
            }
        }

        mined.Truncated.ShouldBeFalse();
        mined.Frequent.ShouldBe(expected.Count);
        mined.Patterns.Count.ShouldBeGreaterThan(20);
        foreach (var p in mined.Patterns)
        {
            var (support, labelled) = expected[string.Concat(p.Steps.Select(s => s.Tool))];
            p.Support.ShouldBe(support);
            p.SuccessWith.ShouldBe((double)support / labelled, 1e-12);
            p.Episodes.Count.ShouldBe(support);
        }
    }

    private static string Collapsed(Episode episode)
    {
        var tools = string.Concat(episode.Turns.SelectMany(t => t.ToolCalls).Select(c => c.Name));
        return string.Concat(tools.Where((c, i) => i == 0 || tools[i - 1] != c));
    }

    private static IEnumerable<string> Sequences(string tools, int max)
    {
        var level = tools.Select(t => $"{t}").ToList();
        for (var length = 2; length <= max; length++)
        {
            level = [.. level.SelectMany(s => tools.Where(t => t != s[^1]).Select(t => s + t))];
            foreach (var sequence in level)
            {
                yield return sequence;
            }
        }
    }
}
