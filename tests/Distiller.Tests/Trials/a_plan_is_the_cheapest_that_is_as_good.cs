using Distiller.Evaluation;

namespace Distiller.Tests.Trials;

/// <summary>
/// Three hundred tasks of thirty families; the last of each ten is under a changed entry, which the adapter alone gets wrong.
/// </summary>
internal sealed class a_plan_is_the_cheapest_that_is_as_good
{
    private const int Tasks = 300;

    private static readonly PriceTable Prices = PriceLists.Table;

    private static readonly TrialOptions Options = new() { BootstrapDraws = 500 };

    [Test]
    public void the_adapter_where_nothing_changed()
    {
        var figures = All().Figures(Prices, Options);

        figures.Plan!.Arm.ShouldBe("A3");
        figures.Plan.HasAdapter.ShouldBeTrue();
        figures.Plan.Rival.ShouldBe("R-subject");
        figures.Plan.IsRivalFit.ShouldBeTrue();
        figures.Plan.TokensOverRival!.Value.ShouldBe(110 / 220.0, 1e-12);
        figures.Plan.RivalCheaperAt.ShouldBeEmpty();
        figures.Plan.Costs.Select(c => c.Price).ShouldBe(["one/a", "two/b"]);
    }

    [Test]
    public void the_cheaper_retrieval_where_the_adapter_costs_more()
    {
        // A training that ten thousand tasks do not repay.
        var figures = All().Figures(Prices, Options, new TrainingEffort("box", 3600 * 10_000));

        figures.Plan!.Arm.ShouldBe("R-subject");
        figures.Plan.HasAdapter.ShouldBeFalse();
        figures.Plan.BreakEvenTasks.ShouldBeNull();
    }

    [Test]
    public void the_whole_context_where_nothing_else_is_as_good()
    {
        var figures = new Worked()
            .AddArm("A1", Tasks, _ => true, (0, 1000, 10))
            .AddArm("A3", Tasks, i => i % 2 == 0, (0, 100, 10))
            .AddArm("R-subject", Tasks, i => i % 3 == 0, (0, 200, 20))
            .Figures(Prices, Options);

        figures.Plan!.Arm.ShouldBe("A1");
        figures.Plan.Rival.ShouldBe("R-subject");
        figures.Plan.IsRivalFit.ShouldBeFalse();
    }

    [Test]
    public void an_adapter_whose_control_wins_is_no_plan()
    {
        var figures = new Worked()
            .AddArm("A1", Tasks, _ => true, (0, 1000, 10))
            .AddArm("A3", Tasks, _ => true, (0, 100, 10))
            .AddArm("A4", Tasks, _ => true, (0, 100, 10))
            .Figures(Prices, Options);

        figures.Plan!.Arm.ShouldBe("A1");
    }

    [Test]
    public void the_router_where_entries_changed_and_the_gate_is_open_for_it()
    {
        var figures = Routed(control: false).Figures(Prices, Options);

        figures.Verdict.ShouldBe(TrialVerdict.Inferior);
        figures.Gate.IsOpen.ShouldBeTrue(string.Join(' ', figures.Gate.Reasons));
        TrialJudge.Shown(figures.Comparisons).ShouldBe("A3-router");
        figures.Plan!.Arm.ShouldBe("A3-router");
        figures
            .Comparisons.Where(c => c.Against != "A1")
            .Select(c => (c.Arm, c.Against))
            .ShouldBe([("A4", "A3"), ("A4-router", "A3-router")]);
    }

    /// <summary>However cheap, it does the old thing on the tasks that the router serves itself.</summary>
    [Test]
    public void the_adapter_alone_is_no_plan_where_entries_changed()
    {
        // One wrong task of three hundred leaves the adapter non-inferior.
        var worked = Routed(control: false, changed: i => i == 9);
        var figures = worked.Figures(Prices, Options);

        figures.Verdict.ShouldBe(TrialVerdict.NonInferior);
        figures.Plan!.Arm.ShouldBe("A3-router");
    }

    [Test]
    public void a_router_that_is_as_good_with_shuffled_answers_shows_nothing()
    {
        var figures = Routed(control: true).Figures(Prices, Options);

        figures.Gate.IsOpen.ShouldBeFalse();
        figures.Gate.Reasons.ShouldContain(r => r.Contains("A4-router, with an adapter of shuffled completions"));
    }

    [Test]
    public void what_an_embedding_model_reads_is_billed_and_is_no_token_of_the_task()
    {
        using var folder = new TemporaryFolder();
        var yaml =
            PriceLists.Yaml
            + """

                embedding:
                  provider: one
                  model: e
                  as-of: 2025-10-15
                  source: a page
                  usd-per-million-tokens: 3
                """;
        var prices = PriceFile.Read(PriceLists.Write(folder, yaml));
        var worked = new Worked().Add("R-embedder-head-5", 1, solved: true, (0, 60, 0));
        IReadOnlyList<TrialRow> rows = [worked.Rows[0] with { EmbeddingTokens = 7 }];

        var arm = TrialFigures.Of(rows, worked.Requests, prices, Options, training: null).Arms[0];

        arm.TokensPerSolvedTask.ShouldBe(60);
        arm.Costs[0].PerSolvedTask!.Value.ShouldBe((60 * 125 + 7 * 3) / 1e6, 1e-15);
        Should
            .Throw<BadInputException>(() => TrialFigures.Of(rows, worked.Requests, Prices, Options, training: null))
            .Remedy.ShouldContain("embedding");
    }

    [Test]
    public void every_retrieval_arm_says_so_in_its_name() =>
        TrialArm
            .Codes.Where(c => c.StartsWith("R-", StringComparison.Ordinal))
            .ShouldAllBe(c => TrialArm.TitleOf(c).Contains("retrieval") && !TrialArm.IsTrained(c));

    private static Worked All() =>
        new Worked()
            .AddArm("A1", Tasks, _ => true, (0, 1000, 10))
            .AddArm("A3", Tasks, _ => true, (0, 100, 10))
            .AddArm("A4", Tasks, i => i % 10 == 0, (0, 100, 10))
            .AddArm("R-subject", Tasks, _ => true, (0, 200, 20));

    private static Worked Routed(bool control, Func<int, bool>? changed = null)
    {
        changed ??= i => i % 10 == 9;
        var worked = new Worked()
            .AddArm("A1", Tasks, _ => true, (0, 1000, 10))
            .AddArm("A3", Tasks, i => !changed(i), (0, 100, 10))
            .AddArm("A4", Tasks, i => control && !changed(i), (0, 100, 10))
            .AddArm("R-subject", Tasks, _ => true, (0, 200, 20));
        foreach (var code in new[] { "A3-router", "A4-router" })
        {
            for (var i = 0; i < Tasks; i++)
            {
                var solved = changed(i) || control || code == "A3-router";
                worked.Add(code, i, solved, changed(i) ? (0, 200, 20) : (0, 100, 10));
                worked.ServeLast(changed(i) ? "" : code[..2]);
            }
        }

        return worked;
    }
}
