using Distiller.Evaluation;
using Distiller.Evaluation.Statistics;

namespace Distiller.Tests.Trials;

public sealed class the_figures_follow_from_the_rows
{
    // One provider: 100 / 10 / 125 / 500 dollars a million tokens, cached from 50 tokens on.
    // Another: 40 / 10 / (as input) / 160, no minimum.
    private static readonly PriceTable Prices = PriceLists.Table;

    [Test]
    public void an_arm_is_summed_up()
    {
        var arm = new Worked()
            .Add("A1", 1, "f", "known", "", (0, 100, 10), (110, 20, 5))
            .Add("A1", 2, "f", "known", "WrongCode", (90, 10, 160))
            .Add("A1", 3, "g", "changed", "NoToolCall", (90, 12, 8))
            .Add("A1", 4, "g", "changed", "WrongCode", (90, 14, 6))
            .Figures(Prices)
            .Arms.ShouldHaveSingleItem();

        arm.Tasks.ShouldBe(4);
        arm.Solved.ShouldBe(1);
        arm.Requests.ShouldBe(5);
        arm.CutAnswers.ShouldBe(1);
        arm.Tokens.ShouldBe(new Usage(0, 380, 156, 189));
        arm.TokensPerTask.ShouldBe(new TokensPerTask(725 / 4.0, 110, 110, 177.5, 248.75, 260));
        arm.TokensPerSolvedTask.ShouldBe(725);
        arm.Success.Value.ShouldBe(0.25);
        arm.Strata.ShouldBe([new("changed", 2, 0, 110), new("known", 2, 1, 252.5)]);
        arm.Failures.ShouldBe([new("WrongCode", 2), new("NoToolCall", 1)]);
    }

    [Test]
    public void costs_follow_from_the_classes_of_each_request()
    {
        var figures = new Worked().Add("A1", 1, true, (0, 100, 10), (110, 20, 5)).Figures(Prices);

        var costs = figures.Arms[0].Costs;
        costs[0].Price.ShouldBe("one/a");
        costs[0].PerSolvedTask!.Value.ShouldBe((120 * 125 + 110 * 10 + 15 * 500) / 1e6, 1e-15);
        costs[1].PerSolvedTask!.Value.ShouldBe((120 * 40 + 110 * 10 + 15 * 160) / 1e6, 1e-15);
    }

    [Test]
    public void a_prompt_too_short_for_the_providers_cache_is_plain_input()
    {
        // 49 tokens are not cached at all; of 60, a prefix of 40 is not found, one of 50 is.
        Usd((20, 29, 0)).ShouldBe(49 * 100 / 1e6, 1e-15);
        Usd((40, 20, 0)).ShouldBe(60 * 125 / 1e6, 1e-15);
        Usd((50, 10, 0)).ShouldBe((50 * 10 + 10 * 125) / 1e6, 1e-15);

        static double Usd((int, int, int) request) =>
            new Worked().Add("A0", 1, true, request).Figures(Prices).Arms[0].Costs[0].ServingPerTask;
    }

    [Test]
    public void the_training_is_paid_off_by_the_arms_that_were_trained()
    {
        var options = new TrialOptions { BootstrapDraws = 500, AmortisedTasks = 100 };
        var figures = new Worked()
            .AddArm("A1", 40, i => i % 2 == 0, (1000, 100, 0))
            .AddArm("A3", 40, i => i % 2 == 0, (100, 100, 0))
            .Figures(Prices, options, new TrainingEffort("box", 1800));

        figures.TrainingUsd.ShouldBe(0.5);
        var (cached, adapter) = (figures.Arms[0].Costs[0], figures.Arms[1].Costs[0]);
        cached.TrainingPerTask.ShouldBe(0);
        cached.PerSolvedTask!.Value.ShouldBe(2 * 22_500 / 1e6, 1e-12);
        adapter.ServingPerTask.ShouldBe(13_500 / 1e6, 1e-12);
        adapter.TrainingPerTask.ShouldBe(0.005);
        adapter.PerSolvedTask!.Value.ShouldBe(2 * (0.0135 + 0.005), 1e-12);
        // Half a dollar at 0.9 cents a task.
        var claim = figures.Comparisons.ShouldHaveSingleItem();
        claim.Costs[0].BreakEvenTasks!.Value.ShouldBe(0.5 / 0.009, 1e-9);
        claim.Costs[0].PerSolvedTask!.Value.ShouldBe(0.0185 / 0.0225, 1e-12);
        claim.TokensPerSolvedTask!.Value.ShouldBe(200 / 1100.0, 1e-12);
    }

    [Test]
    public void a_machine_that_has_no_price_is_named()
    {
        var worked = new Worked().Add("A3", 1, true, (0, 1, 1));

        Should
            .Throw<BadInputException>(() => worked.Figures(Prices, training: new TrainingEffort("other", 1)))
            .Reason.ShouldContain("'other'; it has box");
    }

    [Test]
    public void training_that_saves_nothing_is_never_repaid()
    {
        var figures = new Worked()
            .AddArm("A1", 20, _ => true, (100, 0, 0))
            .AddArm("A3", 20, _ => true, (0, 100, 0))
            .Figures(Prices, training: new TrainingEffort("box", 3600));

        figures.Comparisons[0].Costs[0].BreakEvenTasks.ShouldBeNull();
    }

    [Test]
    public void an_adapter_that_solves_nothing_repays_nothing_however_little_it_says()
    {
        var figures = new Worked()
            .AddArm("A1", 20, _ => true, (1000, 0, 0))
            .AddArm("A3", 20, _ => false, (10, 0, 0))
            .Figures(Prices, training: new TrainingEffort("box", 3600));

        figures.Comparisons[0].Costs[0].BreakEvenTasks.ShouldBeNull();
    }

    [Test]
    public void an_arm_that_solves_nothing_has_no_figure_per_solved_task()
    {
        var figures = new Worked()
            .AddArm("A0", 40, _ => false, (100, 10, 10))
            .AddArm("A1", 40, _ => true, (100, 10, 10))
            .Figures(Prices);

        figures.Arms[0].TokensPerSolvedTask.ShouldBeNull();
        figures.Arms[0].Costs.ShouldAllBe(c => c.PerSolvedTask == null);
        var comparison = figures.Comparisons.ShouldHaveSingleItem();
        comparison.TokensPerSolvedTask.ShouldBeNull();
        comparison.Costs.ShouldAllBe(c => c.PerSolvedTask == null);
        comparison.BothSolved.ShouldBeNull();
        comparison.Verdict.ShouldBe(TrialVerdict.Inferior);
    }

    [Test]
    public void an_arm_that_solves_one_task_has_a_ratio_but_no_upper_end()
    {
        var ratio = new Worked()
            .AddArm("A0", 40, i => i == 0, (100, 10, 10))
            .AddArm("A1", 40, _ => true, (100, 10, 10))
            .Figures(Prices)
            .Comparisons[0]
            .TokensPerSolvedTask!;

        ratio.Value.ShouldBe(40, 1e-9);
        ratio.Interval.ShouldBeNull();
    }

    [Test]
    public void the_ratio_has_the_interval_of_a_plain_ratio_where_every_task_is_solved()
    {
        var random = new Random(5);
        PassCost[] families =
        [
            .. Enumerable.Range(0, 40).Select(_ => new PassCost(20 + random.Next(60), 5, 300 + random.Next(300), 5)),
        ];
        var options = new BootstrapOptions(4000);

        var ratio = PassCostRatio.Of(families, options)!;
        var plain = BcaBootstrap.RatioOfSums([.. families.Select(f => new ClusterSum(f.Cost, f.AgainstCost))], options);

        ratio.Value.ShouldBe(plain.Value, 1e-12);
        ratio.Interval!.Value.Low.ShouldBe(plain.Interval!.Value.Low, 0.0005);
        ratio.Interval!.Value.High.ShouldBe(plain.Interval!.Value.High, 0.0005);
        (ratio.Interval!.Value.High - ratio.Interval!.Value.Low).ShouldBeGreaterThan(0.01);
    }

    [Test]
    public void whole_families_are_resampled()
    {
        // The same 40 outcomes: spread over all families, or all of one family alike.
        var spread = Compared(i => i % 2 == 0);
        var together = Compared(i => i / 10 % 2 == 0);

        spread.SuccessDifference.Value.ShouldBe(together.SuccessDifference.Value);
        Width(together).ShouldBeGreaterThan(Width(spread) + 0.3);

        static TrialComparison Compared(Func<int, bool> solves) =>
            new Worked()
                .AddArm("A1", 40, _ => true, (1, 1, 1))
                .AddArm("A3", 40, solves, (1, 1, 1))
                .Figures(Prices)
                .Comparisons[0];

        static double Width(TrialComparison c) =>
            c.SuccessDifference.Interval!.Value.High - c.SuccessDifference.Interval!.Value.Low;
    }

    [Test]
    public void pairs_are_counted_both_ways()
    {
        // Of ten tasks: A3 solves 0-6, A1 solves 2-9.
        var c = new Worked()
            .AddArm("A1", 10, i => i >= 2, (90, 10, 0))
            .AddArm("A3", 10, i => i <= 6, (0, 20, 10))
            .Figures(Prices)
            .Comparisons[0];

        (c.Arm, c.Against, c.OnlyArm, c.OnlyAgainst).ShouldBe(("A3", "A1", 2, 3));
        c.McNemarP.ShouldBe(1, 1e-12);
        c.SuccessDifference.Value.ShouldBe(-0.1, 1e-12);
        c.BothSolved.ShouldBe(new BothSolved(5, 30, 100));
    }

    [Test]
    public void each_arm_is_compared_with_the_cached_one_the_claim_first()
    {
        var worked = new Worked();
        foreach (var arm in new[] { "A0", "A1", "A2", "A3", "A4" })
        {
            worked.AddArm(arm, 20, i => i % 3 != 0, (10, 10, 10));
        }

        var figures = worked.Figures(Prices);

        figures.Arms.Select(a => a.Arm).ShouldBe(["A0", "A1", "A2", "A3", "A4"]);
        // The control is compared with the claim, too.
        figures
            .Comparisons.Select(c => $"{c.Arm} {c.Against}")
            .ShouldBe(["A3 A1", "A0 A1", "A2 A1", "A4 A1", "A4 A3"]);
        (figures.Tasks, figures.Families).ShouldBe((20, 2));
    }

    [Test]
    public void arms_that_worked_other_tasks_cannot_be_compared()
    {
        Should.Throw<BadInputException>(() =>
            new Worked().Add("A1", 1, true, (1, 1, 1)).Add("A3", 2, true, (1, 1, 1)).Figures(Prices)
        );
        Should.Throw<BadInputException>(() =>
            new Worked().Add("A1", 1, true, (1, 1, 1)).Add("A1", 1, true, (1, 1, 1)).Figures(Prices)
        );
        Should.Throw<BadInputException>(() => new Worked().Figures(Prices));
    }
}
