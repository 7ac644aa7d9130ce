using System.Text.Json.Nodes;
using Distiller.Edge;
using Distiller.Evaluation;
using Distiller.Gguf;

namespace Distiller.Tests.Trials;

public sealed class arms_are_run_in_the_edge_runtime
{
    private static readonly TrialOptions Options = new()
    {
        MaxOutputTokens = 10,
        ArmsAtOnce = 1,
        BootstrapDraws = 100,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly string _base;
    private readonly string _adapter;

    public arms_are_run_in_the_edge_runtime()
    {
        _base = new TinyBase { Context = 2048, Tied = false }.Write(_folder["base.gguf"]);
        _adapter = _folder["adapter.gguf"];
        using var file = GgufFile.Open(_base);
        AdapterGguf.Write(
            _adapter,
            TinyAdapter.For(file, rank: 8, alpha: 4),
            BaseDescription.Of(file),
            AdapterEncoding.Int4
        );
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void every_arm_works_every_task_and_the_first_finds_an_empty_cache()
    {
        var tasks = new TinyTasks();
        var trial = Run(tasks, "every");

        trial.Rows.Count.ShouldBe(3 * 8);
        trial.Rows.Select(r => r.Arm).Distinct().ShouldBe(["A0", "A1", "A3"]);
        TrialRowsAgree(trial);
        foreach (var arm in trial.Rows.GroupBy(r => r.Arm))
        {
            arm.Select(r => r.TaskId).ShouldBe(tasks.Tasks.Select(t => t.Id));
            trial.Requests.First(r => r.Arm == arm.Key).CacheReadTokens.ShouldBe(0);
        }

        trial.Arms.Single(a => a.Arm == "A3").Adapter!.Name.ShouldBe("adapter.gguf");
        trial.Rows.Where(r => !r.Solved).ShouldAllBe(r => r.Reason == "Odd");
        // How sure it was is told of every answer of the adapter that is published, and of no other.
        trial
            .Confidence.Select(c => (c.Arm, c.TaskId, c.Request))
            .ShouldBe(trial.Requests.Where(r => r.Arm == "A3").Select(r => (r.Arm, r.TaskId, r.Request)));
        trial.Confidence.ShouldAllBe(c => c.EntropyMean >= 0 && c.EntropyMax >= c.EntropyMean && c.MarginMin >= 0);
        trial.Confidence.Select(c => c.EntropyMean).Distinct().Count().ShouldBeGreaterThan(3);
        // The adapter says other things than the base under the same prompts.
        Answers("A3").ShouldNotBe(Answers("A0"));

        IEnumerable<string> Answers(string arm) => trial.Requests.Where(r => r.Arm == arm).Select(r => r.Answer);
    }

    [Test]
    public void the_second_task_reads_the_verbose_prefix_from_the_cache()
    {
        var tasks = new TinyTasks();
        var trial = Run(tasks, "prefix");
        using var model = Load();
        var system = model
            .Tokenizer.TokenizeChat([new ChatMessage("system", tasks.VerboseSystem(tasks.Tasks[0]))])
            .Tokens.Length;

        var first = trial.Requests.Where(r => r is { Arm: "A1", Request: 0 }).ToList();

        system.ShouldBeGreaterThan(150);
        first[0].CacheWriteTokens.ShouldBeGreaterThan(system);
        first[1].CacheReadTokens.ShouldBe(system);
        // The handbook's last entry changes: what stands before it is still read.
        first[4].CacheReadTokens.ShouldBeInRange(system - 40, system - 1);
        first[5].CacheReadTokens.ShouldBeInRange(system - 10, system + 10);
    }

    [Test]
    public void what_is_counted_and_said_is_what_an_account_by_hand_gives()
    {
        var tasks = new TinyTasks();
        var trial = Run(tasks, "account");
        using var model = Load();
        using var adapter = model.LoadAdapter(_adapter);
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 2048 });
        var tokenizer = model.Tokenizer;

        foreach (var arm in new[] { "A1", "A3" })
        {
            session.Attach(arm == "A3" ? adapter : null);
            var requests = new Queue<RequestRow>(trial.Requests.Where(r => r.Arm == arm));
            int[] cache = [];
            foreach (var task in tasks.Tasks)
            {
                var system = arm == "A1" ? tasks.VerboseSystem(task) : tasks.ShortSystem(task);
                tasks.Work(
                    task,
                    system,
                    messages =>
                    {
                        var row = requests.Dequeue();
                        var prompt = tokenizer.TokenizePrompt(messages);
                        row.CacheReadTokens.ShouldBe(cache.AsSpan().CommonPrefixLength(prompt));
                        (row.CacheReadTokens + row.CacheWriteTokens).ShouldBe(prompt.Length);
                        var written = SlowAnswer(session, prompt);
                        row.OutputTokens.ShouldBe(written.Count);
                        row.Answer.ShouldBe(tokenizer.Detokenize([.. written], special: true));
                        // The last token of an answer that was cut off has not been evaluated.
                        cache = [.. prompt, .. row.IsCut ? written.SkipLast(1) : written];
                        return row.Answer;
                    }
                );
                cache = tokenizer.TokenizeChat([new ChatMessage("system", system)]).Tokens;
            }

            requests.ShouldBeEmpty();
        }
    }

    [Test]
    public void side_by_side_or_one_by_one_the_rows_are_the_same()
    {
        var alone = Run(new TinyTasks(), "alone");
        var together = Run(new TinyTasks(), "together", Options with { ArmsAtOnce = 3 });

        Bytes(together).ShouldBe(Bytes(alone));
    }

    [TestCase(1)]
    [TestCase(11)]
    [TestCase(6)]
    [TestCase(23)]
    public void a_killed_run_goes_on_to_the_same_rows(int after)
    {
        var whole = Bytes(Run(new TinyTasks(), "whole"));
        var work = $"killed after {after}";
        using var stop = new CancellationTokenSource();
        var stopping = new Reported(p =>
        {
            if (p.Done == after)
            {
                stop.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() =>
            TrialRunner.Run(_base, Arms, new TinyTasks(), Options, _folder[work], stopping, sources: null, stop.Token)
        );
        var kept = Directory.GetFiles(_folder[work], "*.json", SearchOption.AllDirectories);
        kept.Length.ShouldBe(after);

        var tasks = new TinyTasks();
        Bytes(Run(tasks, work)).ShouldBe(whole);
        tasks.Answered.ShouldBe(24 - after);
    }

    [Test]
    public void a_journal_of_something_else_is_named()
    {
        Run(new TinyTasks(), "journal");
        var kept = Directory.GetFiles(_folder["journal"], "000003.json", SearchOption.AllDirectories)[0];
        var entry = JsonNode.Parse(File.ReadAllText(kept))!;
        entry["row"]!["taskId"] = "T9";
        File.WriteAllText(kept, entry.ToJsonString());

        Should.Throw<BadInputException>(() => Run(new TinyTasks(), "journal")).Place.File.ShouldBe(kept);
    }

    [Test]
    public void other_tasks_do_not_inherit_what_was_measured()
    {
        var first = Run(new TinyTasks(), "inherit");
        var other = Run(new TinyTasks { Observation = "the host is not up at all" }, "inherit");

        other.Requests[1].CacheWriteTokens.ShouldBeGreaterThan(first.Requests[1].CacheWriteTokens);
    }

    [Test]
    public void a_base_that_cannot_hold_the_verbose_context_is_refused_before_anything_runs()
    {
        var small = new TinyBase { Context = 256 }.Write(_folder["small.gguf"]);
        var tasks = new TinyTasks();

        var error = Should.Throw<BadInputException>(() =>
            TrialRunner.Run(small, TrialArm.WithoutAdapter, tasks, Options, _folder["refused"])
        );

        error.Place.File.ShouldBe(small);
        error.Reason.ShouldStartWith("A1 (");
        error.Reason.ShouldContain("context holds 256");
        using var model = Load();
        var longest = tasks.Tasks.Max(t => FirstPrompt(model, tasks, t));
        error.Reason.ShouldContain($"needs {longest + 20} tokens");
        Directory.Exists(_folder["refused"]).ShouldBeFalse();
        tasks.Answered.ShouldBe(0);
    }

    [Test]
    public void a_context_that_runs_full_under_way_is_a_counted_failure()
    {
        // The longest prompt and its answers fit; what the task answers does not.
        var flooding = new TinyTasks { Observation = string.Join(' ', Enumerable.Repeat("log", 2000)) };

        var trial = Run(flooding, "flood");

        trial.Rows.ShouldAllBe(r => !r.Solved && r.Reason == TrialRunner.ContextFull && r.Requests == 1);
        TrialRowsAgree(trial);
    }

    [Test]
    public void an_answer_that_reaches_the_contexts_end_is_a_counted_failure()
    {
        using var model = Load();
        var tasks = new TinyTasks();
        var second = Run(tasks, "lengths")
            .Requests.Where(r => r.Arm == "A1" && r.Request == 1)
            .Max(r => r.CacheReadTokens + r.CacheWriteTokens);
        // Observations are what the need leaves out: this much, and the second answer has three tokens left.
        var need = tasks.Tasks.Max(t => FirstPrompt(model, tasks, t)) + 20;
        var room = (2 * need) - second - 3;
        var longer = new TinyTasks { Observation = tasks.Observation + new string('z', room) };

        var rows = Run(longer, "end").Rows.Where(r => r.Arm == "A1").ToList();

        rows.ShouldContain(r => r.Reason == TrialRunner.ContextFull && r.Requests == 2);
        rows.ShouldAllBe(r => r.Solved || r.Reason == TrialRunner.ContextFull || r.Reason == "Odd");
    }

    [Test]
    public void nonsense_is_a_counted_failure_with_its_reason()
    {
        var nonsense = new TinyBase { Context = 4096, Tied = false }.Write(_folder["nonsense.gguf"]);

        var trial = TrialRunner.Run(
            nonsense,
            TrialArm.WithoutAdapter,
            new DeskTasks(),
            Options with
            {
                MaxOutputTokens = 24,
                ArmsAtOnce = 2,
            },
            _folder["nonsense"]
        );

        trial.Rows.Count.ShouldBe(12);
        trial.Rows.ShouldAllBe(r => !r.Solved && r.Reason == "NoToolCall" && r.Requests == 1);
        var summary = TrialSummary.Of(trial, PriceLists.Table, training: null, "0.1.0");
        summary.Figures.Arms[0].Failures.ShouldBe([new FailureCount("NoToolCall", 6)]);
        summary.Figures.Arms.ShouldAllBe(a => a.TokensPerSolvedTask == null);
    }

    private IReadOnlyList<TrialArm> Arms =>
        [
            .. TrialArm.WithoutAdapter,
            .. TrialArm.All(new TrialAdapters("", _adapter, "")).Where(a => a.Code == TrialArm.AdapterInt4),
        ];

    private TrialMeasurement Run(TinyTasks tasks, string work, TrialOptions? options = null) =>
        TrialRunner.Run(_base, Arms, tasks, options ?? Options, _folder[work]);

    private EdgeModel Load() => EdgeModel.Load(_base, new EdgeModelOptions { Threads = 1 });

    private static int FirstPrompt(EdgeModel model, TinyTasks tasks, AgentTask task)
    {
        var tokens = 0;
        tasks.Work(
            task,
            tasks.VerboseSystem(task),
            messages =>
            {
                tokens = tokens == 0 ? model.Tokenizer.TokenizePrompt(messages).Length : tokens;
                return "";
            }
        );
        return tokens;
    }

    /// <summary>From an empty cache, one token at a time.</summary>
    private static List<int> SlowAnswer(EdgeSession session, int[] prompt)
    {
        session.Reset();
        session.Feed(prompt);
        var written = new List<int>();
        while (written.Count < Options.MaxOutputTokens)
        {
            var logits = session.LastLogits();
            var next = Array.IndexOf(logits, logits.Max());
            if (session.Model.Tokenizer.IsEndOfGeneration(next))
            {
                break;
            }

            written.Add(next);
            session.Feed([next]);
        }

        return written;
    }

    private static void TrialRowsAgree(TrialMeasurement trial) =>
        TrialRowCheck.Compare(trial.Rows, trial.Requests).ShouldBeEmpty();

    private static byte[] Bytes(TrialMeasurement trial) => EvaluationJson.Write(trial);

    /// <summary>Reports at once, on the caller's thread: <see cref="Progress{T}"/> would do so some time later.</summary>
    private sealed class Reported(Action<StageProgress> report) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => report(value);
    }
}
