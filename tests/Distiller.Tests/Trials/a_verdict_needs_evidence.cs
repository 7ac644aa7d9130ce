using Distiller.Evaluation;
using Distiller.Evaluation.Statistics;

namespace Distiller.Tests.Trials;

public sealed class a_verdict_needs_evidence
{
    private static readonly PriceTable Prices = PriceLists.Table;

    [TestCase(81, 263, 0.2553, 0.3662)]
    [TestCase(15, 148, 0.0624, 0.1605)]
    [TestCase(0, 20, 0, 0.1611)]
    [TestCase(1, 29, 0.0061, 0.1718)]
    public void the_interval_of_a_share_is_the_published_one(int successes, int trials, double low, double high)
    {
        // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
        var interval = WilsonInterval.Of(successes, trials);

        interval.Low.ShouldBe(low, 0.00005);
        interval.High.ShouldBe(high, 0.00005);
    }

    [TestCase(36, 12, 2, 0, 0.0569, 0.3404)]
    [TestCase(20, 12, 2, 16, 0.0562, 0.3292)]
    [TestCase(250, 8, 12, 30, -0.0448, 0.0174)]
    [TestCase(180, 10, 10, 0, -0.0466, 0.0466)]
    [TestCase(300, 0, 0, 0, -0.0126, 0.0126)]
    [TestCase(0, 5, 5, 0, -0.5268, 0.5268)]
    public void the_interval_of_a_paired_difference_agrees_with_the_formula(
        int both,
        int first,
        int second,
        int neither,
        double low,
        double high
    )
    {
        var interval = new PairedProportions(both, first, second, neither).ScoreInterval();

        interval.Low.ShouldBe(low, 0.00005);
        interval.High.ShouldBe(high, 0.00005);
    }

    [TestCase(300, 2, 0, TrialVerdict.NonInferior, Description = "two lost")]
    [TestCase(300, 60, 0, TrialVerdict.Inferior, Description = "sixty lost")]
    [TestCase(300, 0, 60, TrialVerdict.Superior, Description = "sixty won")]
    [TestCase(300, 15, 15, TrialVerdict.Inconclusive, Description = "ten percent discordant")]
    [TestCase(300, 4, 0, TrialVerdict.Inconclusive, Description = "worse, but perhaps within the margin")]
    [TestCase(20, 0, 0, TrialVerdict.Inconclusive, Description = "no pair differs, but there are few")]
    public void there_are_four_outcomes(int tasks, int lost, int won, TrialVerdict expected)
    {
        var comparison = Compared(tasks, lost, won);

        comparison.Verdict.ShouldBe(expected, comparison.ToString());
        comparison.SuccessDifference.Value.ShouldBe((double)(won - lost) / tasks, 1e-12);
    }

    [Test]
    public void a_single_family_is_no_evidence()
    {
        var worked = new Worked();
        for (var i = 0; i < 300; i++)
        {
            worked.Add("A1", i, "one", "known", "", (1, 1, 1)).Add("A3", i, "one", "known", "", (1, 1, 1));
        }

        worked.Figures(Prices).Verdict.ShouldBe(TrialVerdict.Inconclusive);
    }

    [Test]
    public void the_margin_decides()
    {
        var options = new TrialOptions { BootstrapDraws = 500, Margin = 0.1 };

        Compared(300, 15, 15, options).Verdict.ShouldBe(TrialVerdict.NonInferior);
    }

    [Test]
    public void a_success_whose_control_fails_is_published()
    {
        var gate = Gate(claimLost: 2, controlLost: 240);

        gate.IsOpen.ShouldBeTrue();
        gate.Reasons.ShouldBeEmpty();
    }

    [TestCase(60, "inferior")]
    [TestCase(4, "inconclusive")]
    public void a_claim_that_is_not_shown_is_refused(int lost, string verdict)
    {
        var gate = Gate(lost, controlLost: 240);

        gate.IsOpen.ShouldBeFalse();
        gate.Reasons.ShouldHaveSingleItem().ShouldStartWith($"A3 is not shown to be as good as A1 ({verdict})");
    }

    [TestCase(0, Description = "non-inferior")]
    [TestCase(4, Description = "not significantly below")]
    public void a_control_that_wins_voids_the_report(int controlLost)
    {
        var gate = Gate(claimLost: 2, controlLost);

        gate.IsOpen.ShouldBeFalse();
        gate.Reasons.ShouldHaveSingleItem().ShouldStartWith("The null control wins");
    }

    [TestCase(200, 0, true)]
    [TestCase(200, 3, true)]
    [TestCase(200, 40, false, Description = "the control is better than A1, too")]
    [TestCase(12, 5, false, Description = "the claim is not shown to be better than the control")]
    [TestCase(0, 0, false, Description = "nobody solves anything")]
    public void where_the_prompt_solves_nothing_the_claim_must_beat_the_control(int claim, int control, bool isOpen)
    {
        var figures = new Worked()
            .AddArm("A1", 300, _ => false, (10, 10, 10))
            .AddArm("A3", 300, i => Spread(i, 300) < claim, (1, 1, 1))
            .AddArm("A4", 300, i => Spread(i, 300) < control, (1, 1, 1))
            .Figures(Prices);

        figures.Gate.IsOpen.ShouldBe(isOpen);
        TrialJudge.ControlWins(figures.Comparisons).ShouldBe(!isOpen);
    }

    [Test]
    public void nothing_is_published_without_claim_or_control()
    {
        var alone = new Worked().AddArm("A1", 20, _ => true, (1, 1, 1)).Figures(Prices);

        alone.Verdict.ShouldBeNull();
        alone.Gate.IsOpen.ShouldBeFalse();
        alone.Gate.Reasons.Count.ShouldBe(2);
    }

    private static TrialComparison Compared(int tasks, int lost, int won, TrialOptions? options = null) =>
        new Worked()
            .AddArm("A1", tasks, i => Spread(i, tasks) >= won, (10, 10, 10))
            .AddArm("A3", tasks, i => Spread(i, tasks) < tasks - lost, (1, 1, 1))
            .Figures(Prices, options)
            .Comparisons[0];

    private static Gate Gate(int claimLost, int controlLost) =>
        new Worked()
            .AddArm("A1", 300, _ => true, (10, 10, 10))
            .AddArm("A3", 300, i => Spread(i, 300) < 300 - claimLost, (1, 1, 1))
            .AddArm("A4", 300, i => Spread(i, 300) < 300 - controlLost, (1, 1, 1))
            .Figures(Prices)
            .Gate;

    /// <summary>A number of its own for each task, such that a range of them lies in all families.</summary>
    private static int Spread(int task, int tasks) => (task % 10 * (tasks / 10)) + (task / 10);
}
