using System.Text.Json;
using Distiller.Evaluation;
using Distiller.Evaluation.Statistics;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Mining.Reviewing;
using Distiller.Opsdesk;
using Distiller.Opsdesk.Nights;
using Distiller.Tests.Repeating;

namespace Distiller.Tests.Trials;

internal sealed class patterns_are_tried_before_they_teach
{
    private static readonly TrialOptions Options = new() { ArmsAtOnce = 2, BootstrapDraws = 200 };
    private static readonly string Base = Path.Combine(Repository.Root, "data", "models", "tiny", "tiny.gguf");
    private static readonly BootstrapOptions Bootstrap = new(200, 1);

    private static readonly Company Desk = Company.Generate(
        new CompanyOptions
        {
            Seed = 42,
            Pool = NamePool.Demo,
            Rules = 60,
        }
    );

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    /// <summary>On the shipped base: the handbook as a pattern must be shown to help, and one whose answers are exchanged to harm.</summary>
    [Test]
    public void what_helps_and_what_harms_is_told_apart()
    {
        var tasks = OpsdeskTasks.DrawLogged(Desk, 24, seed: 1);
        var handbook = Desk.At(Desk.Options.DriftDay - 1).Handbook;
        string[] entries = [.. handbook.Rules.Select(r => r.Entry)];
        string[] heads = [.. entries.Select(e => e[..e.IndexOf(':', StringComparison.Ordinal)])];
        string[] plans = [.. entries.Select(e => e[e.IndexOf(':', StringComparison.Ordinal)..])];
        var exchanged = string.Join('\n', heads.Select((h, i) => h + plans[(i + 1) % plans.Length]));

        var helping = Try(tasks, ReplayContext.Short, string.Join('\n', entries));
        var harming = Try(tasks, ReplayContext.Verbose, exchanged);

        helping.SolvedWithout.ShouldBe(0);
        helping.Gain.Value.ShouldBeGreaterThan(0.5);
        (helping.IsShown, helping.IsRefuted).ShouldBe((true, false));
        harming.SolvedWithout.ShouldBeGreaterThan(18);
        (harming.IsShown, harming.IsRefuted).ShouldBe((false, true));
        harming.RepaidAfterTasks.ShouldBeNull();
    }

    [Test]
    public void a_killed_replay_goes_on_to_the_same_rows()
    {
        var tasks = new TinyTasks();
        var path = new TinyBase { Context = 2048, Tied = false }.Write(_folder["tiny.gguf"]);
        List<ReplayedText> texts = [new("a", "When it is about: hosts\n   a) ping host={x}"), new("b", "Do nothing.")];
        IReadOnlyList<ReplayRow> Run(string work, IProgress<StageProgress>? progress, CancellationToken stop) =>
            PatternReplay.Run(
                path,
                texts,
                tasks,
                new ReplayOptions { Tasks = 8 },
                Options with
                {
                    MaxOutputTokens = 10,
                    ArmsAtOnce = 1,
                },
                _folder[work],
                progress,
                stop
            );
        var whole = Run("whole", null, CancellationToken.None);
        using var cancel = new CancellationTokenSource();

        Should.Throw<OperationCanceledException>(() => Run("cut", new CancelAfter(13, cancel), cancel.Token));
        var before = tasks.Answered;
        var resumed = Run("cut", null, CancellationToken.None);

        resumed.ShouldBe(whole);
        (tasks.Answered - before).ShouldBeLessThan(5 * 8 - 10, "what was worked before is not worked again");
        whole.Count.ShouldBe(5 * 8);
        whole.Where(r => r.Side == ReplaySide.Without).Select(r => r.Pattern).Distinct().ShouldBe([""]);
        // A prompt grows by the pattern, and by about as much by its words in another order.
        double First(string pattern, string side) =>
            whole.Where(r => r.Pattern == pattern && r.Side == side).Average(r => r.FirstPromptTokens);
        First("a", ReplaySide.With).ShouldBeGreaterThan(First("", ReplaySide.Without) + 10);
        First("a", ReplaySide.Shuffled).ShouldBe(First("a", ReplaySide.With), 8);
        First("a", ReplaySide.Shuffled).ShouldNotBe(First("", ReplaySide.Without));
    }

    [Test]
    public void the_ledger_is_as_by_hand()
    {
        // Forty tasks of eight families: without, every other one is solved in 3 requests of 100 tokens and 330 in all.
        var rows = Enumerable
            .Range(0, 40)
            .SelectMany(i =>
                new[]
                {
                    Row("", ReplaySide.Without, i, solved: i % 2 == 0, requests: 3, first: 100, tokens: 330),
                    // One request less, and 20 tokens in each of the others: 40 of 260 are the pattern's.
                    Row("good", ReplaySide.With, i, solved: true, requests: 2, first: 120, tokens: 260),
                    Row("good", ReplaySide.Shuffled, i, solved: i % 2 == 0, requests: 3, first: 120, tokens: 390),
                    Row("bad", ReplaySide.With, i, solved: false, requests: 3, first: 110, tokens: 400),
                    Row("bad", ReplaySide.Shuffled, i, solved: i % 2 == 0, requests: 3, first: 110, tokens: 360),
                    // No worse than any text of its length.
                    Row("long", ReplaySide.With, i, solved: false, requests: 3, first: 900, tokens: 2730),
                    Row("long", ReplaySide.Shuffled, i, solved: false, requests: 3, first: 900, tokens: 2730),
                }
            )
            .OrderBy(r => r.Pattern, StringComparer.Ordinal)
            .ThenBy(r => r.Side, StringComparer.Ordinal)
            .ThenBy(r => r.TaskId, StringComparer.Ordinal)
            .ToList();
        var tools = new[] { "good", "bad", "long" }.ToDictionary(p => p, p => (IReadOnlyList<string>)[p, "close"]);

        var values = PatternValue.Of(rows, tools, Bootstrap).ToDictionary(v => v.Pattern);

        var good = values["good"];
        (good.Tasks, good.Solved, good.SolvedWithout, good.SolvedShuffled).ShouldBe((40, 40, 20, 20));
        good.Gain.Value.ShouldBe(0.5);
        good.CostTokens.ShouldBe(40);
        good.SavedTokens.Value.ShouldBe(330 - (260 - 40));
        good.ReplayTokens.ShouldBe(40 * (260 + 390));
        good.RepaidAfterTasks.ShouldBe((long)Math.Ceiling(40 * 650 / 110.0));
        (good.IsShown, good.IsRefuted).ShouldBe((true, false));
        var bad = values["bad"];
        bad.SavedTokens.Value.ShouldBe(330 - (400 - 30));
        (bad.IsShown, bad.IsRefuted, bad.RepaidAfterTasks).ShouldBe((false, true, null));
        values["long"].Gain.Interval!.Value.High.ShouldBeLessThan(0);
        values["long"].IsRefuted.ShouldBeFalse("any text of its length does the same to this base");
        Should
            .Throw<BadInputException>(() => PatternValue.Of([.. rows.Skip(1)], tools, Bootstrap))
            .Message.ShouldContain("same tasks");
    }

    [Test]
    public void what_is_refuted_is_no_pattern_and_a_person_has_the_last_word()
    {
        using var bench = new NightBench();
        var reduced = bench.Reduced(new DeskLogs(Desk, _folder["logs"]).Write(1, 120, null));
        var mined = new MineStage(bench.Night).Run(reduced);
        var patterns = MineStage.ReadPatterns(mined);
        patterns.Count.ShouldBeGreaterThan(1);
        var (bad, tools) = (patterns[0], patterns[0].Steps.Select(s => s.Tool).ToList());
        var refuted = Value(bad.Id, tools, low: -0.5, high: -0.1);
        var open = Value(patterns[1].Id, [.. patterns[1].Steps.Select(s => s.Tool)], low: -0.5, high: 0.1);
        var replayed = bench.Night.Make(
            ArtifactKind.Replayed,
            new ArtifactRecipe("replay", "1", new { }, 0, [mined.Key]),
            draft =>
                File.WriteAllBytes(
                    draft[ReplayStage.SummaryFile],
                    JsonSerializer.SerializeToUtf8Bytes<PatternValue[]>([refuted, open], EpisodeJson.Options)
                )
        );

        var again = new MineStage(bench.Night).Run(reduced, replayed);

        MineStage.ReadPatterns(again).Select(p => p.Id).ShouldNotContain(bad.Id);
        MineStage.ReadPatterns(again).Select(p => p.Id).ShouldContain(open.Pattern);
        MineStage.ReadReport(again).UntaughtTurns.ShouldNotBeNull().ShouldBePositive();
        MineStage.ReadReport(mined).UntaughtTurns.ShouldBeNull();
        MineStage.ReadValues(bench.Workspace, mined).ShouldBeNull();
        MineStage.ReadValues(bench.Workspace, again)!.Select(v => v.IsRefuted).ShouldBe([true, false]);

        new PatternReviews(bench.Workspace.Home, TimeProvider.System).Decide(bad, PatternDecision.Accepted, "a person");
        var accepted = new MineStage(bench.Night).Run(reduced, replayed);
        MineStage.ReadPatterns(accepted).Select(p => p.Id).ShouldContain(bad.Id);
        MineStage.ReadReport(accepted).UntaughtTurns.ShouldBe(0);
    }

    private PatternValue Try(IAgentTasks tasks, ReplayContext context, string text)
    {
        var rows = PatternReplay.Run(
            Base,
            [new ReplayedText("p", text)],
            tasks,
            new ReplayOptions { Tasks = tasks.Tasks.Count, Context = context },
            Options,
            _folder[$"work-{context}"]
        );
        return PatternValue.Of(rows, new Dictionary<string, IReadOnlyList<string>> { ["p"] = ["p"] }, Bootstrap)[0];
    }

    private static ReplayRow Row(
        string pattern,
        string side,
        int task,
        bool solved,
        int requests,
        long first,
        long tokens
    ) => new(pattern, side, $"T{task:00}", $"family {task % 8}", solved, requests, first, tokens);

    private static PatternValue Value(string id, IReadOnlyList<string> tools, double low, double high)
    {
        var gain = new Estimate((low + high) / 2, new Interval(low, high));
        return new PatternValue(id, tools, 40, 0, 20, 20, gain, gain, 10, gain, 100, null);
    }
}
