using Distiller.Evaluation;
using Distiller.Gguf;

namespace Distiller.Tests.Trials;

/// <summary>A router's rows are put together from two sides; each must be what a session of its own gives.</summary>
public sealed class a_router_gives_what_two_sessions_would_give
{
    /// <summary>About mail, whose entry has changed.</summary>
    private static readonly string[] Routed = ["T2", "T6"];

    private static readonly TrialOptions Options = new()
    {
        MaxOutputTokens = 10,
        ArmsAtOnce = 1,
        BootstrapDraws = 100,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly string _base;
    private readonly string _adapter;
    private readonly string _control;

    public a_router_gives_what_two_sessions_would_give()
    {
        _base = new TinyBase { Context = 2048, Tied = false }.Write(_folder["base.gguf"]);
        _adapter = WriteAdapter("adapter.gguf", seed: 1);
        _control = WriteAdapter("control.gguf", seed: 2);
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void the_side_with_the_adapter()
    {
        var whole = Run(new TinyEntryTasks(), "whole");
        var side = Run(new TinyEntryTasks("T0", "T1", "T3", "T4", "T5", "T7"), "adapter side");

        var rows = Of(whole, TrialArm.Router).Where(r => !Routed.Contains(r.TaskId)).ToList();
        rows.ShouldAllBe(r => r.ServedBy == TrialArm.AdapterInt4);
        rows.Select(r => r with { Arm = "A3", ServedBy = "" }).ShouldBe(Of(side, TrialArm.AdapterInt4));
        Answers(whole, TrialArm.Router, [.. rows.Select(r => r.TaskId)])
            .ShouldBe(Answers(side, TrialArm.AdapterInt4, [.. rows.Select(r => r.TaskId)]));
    }

    [Test]
    public void the_side_with_retrieval()
    {
        var whole = Run(new TinyEntryTasks(), "whole");
        var side = Run(new TinyEntryTasks(Routed), "retrieval side");

        var rows = Of(whole, TrialArm.Router).Where(r => r.ServedBy.Length == 0).ToList();
        rows.Select(r => r.TaskId).ShouldBe(Routed);
        Of(side, TrialArm.Router).ShouldAllBe(r => r.ServedBy.Length == 0);
        rows.ShouldBe(Of(side, TrialArm.Router));
        Answers(whole, TrialArm.Router, Routed).ShouldBe(Answers(side, TrialArm.Router, Routed));
    }

    /// <summary>The first task that the adapter serves is not the first of all.</summary>
    [Test]
    public void a_side_that_begins_late_finds_an_empty_cache()
    {
        var late = Run(new TinyEntryTasks("T2", "T3", "T4"), "late");
        var side = Run(new TinyEntryTasks("T3", "T4"), "late side");

        var rows = Of(late, TrialArm.Router).Skip(1).ToList();
        rows.Select(r => r with { Arm = "A3", ServedBy = "" }).ShouldBe(Of(side, TrialArm.AdapterInt4));
        // What the adapter found in its cache when it had worked T2 before.
        Of(late, TrialArm.AdapterInt4)[1].CacheReadTokens.ShouldBeGreaterThan(rows[0].CacheReadTokens);
        TrialRowCheck.Compare(late.Rows, late.Requests).ShouldBeEmpty();
    }

    [Test]
    public void the_control_has_the_same_retrieval_and_the_shuffled_adapter()
    {
        var whole = Run(new TinyEntryTasks(), "whole");

        var control = Of(whole, TrialArm.RouterControl);
        control.Select(r => r.ServedBy).Distinct().ShouldBe([TrialArm.NullControl, TrialArm.Router]);
        Answers(whole, TrialArm.RouterControl, Routed).ShouldBe(Answers(whole, TrialArm.Router, Routed));
        Answers(whole, TrialArm.RouterControl, ["T0", "T1"])
            .ShouldBe(Answers(whole, TrialArm.NullControl, ["T0", "T1"]));
        Answers(whole, TrialArm.NullControl, ["T0", "T1"])
            .ShouldNotBe(Answers(whole, TrialArm.AdapterInt4, ["T0", "T1"]));
    }

    [Test]
    public void a_row_that_is_not_that_of_the_arm_it_names_is_found()
    {
        var whole = Run(new TinyEntryTasks(), "whole");
        TrialRowCheck.Compare(whole.Rows, whole.Requests).ShouldBeEmpty();

        var forged = whole
            .Rows.Select(r =>
                r is { Arm: TrialArm.Router, TaskId: "T1" }
                    ? r with
                    {
                        Solved = !r.Solved,
                        Reason = r.Solved ? "Odd" : "",
                    }
                    : r
            )
            .ToList();

        TrialRowCheck
            .Compare(forged, whole.Requests)
            .ShouldHaveSingleItem()
            .Figure.ShouldBe("rows.A3-router.T1.servedBy");
    }

    [Test]
    public void tasks_without_entries_are_named()
    {
        var error = Should.Throw<BadInputException>(() =>
            TrialRunner.Run(_base, Arms([TrialArm.RetrievalBySubject]), new TinyTasks(), Options, _folder["none"])
        );

        error.Reason.ShouldContain("R-subject chooses entries");
        TrialArm.Named([TrialArm.Every], Adapters, hasEntries: false).Count.ShouldBe(5);
    }

    private TrialAdapters Adapters => new(_adapter, _adapter, _control);

    private IReadOnlyList<TrialArm> Arms(IReadOnlyList<string> names) => TrialArm.Named(names, Adapters);

    private TrialMeasurement Run(TinyEntryTasks tasks, string work) =>
        TrialRunner.Run(
            _base,
            Arms([TrialArm.Router, TrialArm.RouterControl, TrialArm.RetrievalBySubject]),
            tasks,
            Options,
            _folder[work],
            sources: TrialSources.None with
            {
                Past = TinyEntryTasks.Past,
            }
        );

    private string WriteAdapter(string name, int seed)
    {
        using var file = GgufFile.Open(_base);
        AdapterGguf.Write(
            _folder[name],
            TinyAdapter.For(file, rank: 8, alpha: 4, seed),
            BaseDescription.Of(file),
            AdapterEncoding.Int4
        );
        return _folder[name];
    }

    private static List<TrialRow> Of(TrialMeasurement trial, string arm) => [.. trial.Rows.Where(r => r.Arm == arm)];

    private static IEnumerable<(string, string)> Answers(TrialMeasurement trial, string arm, string[] tasks) =>
        trial.Requests.Where(r => r.Arm == arm && tasks.Contains(r.TaskId)).Select(r => (r.TaskId, r.Answer));
}
