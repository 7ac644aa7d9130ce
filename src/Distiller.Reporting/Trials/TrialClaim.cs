using Distiller.Core;
using Distiller.Evaluation;

namespace Distiller.Reporting.Trials;

/// <summary>The parts of a trial that its headline rests on. Each is null where its arm did not run.</summary>
public sealed class TrialClaim(TrialSummary summary)
{
    public TrialSummary Summary { get; } = summary;

    /// <summary>A1: the verbose context in the prompt.</summary>
    public TrialArmFigures? Before { get; } = Arm(summary, TrialArm.VerboseContext);

    /// <summary>A3: the adapter as exported.</summary>
    public TrialArmFigures? After { get; } = Arm(summary, TrialArm.AdapterInt4);

    public TrialComparison? Comparison { get; } = TrialJudge.Against(summary.Figures.Comparisons, TrialArm.AdapterInt4);

    public TrialComparison? Control { get; } = TrialJudge.Against(summary.Figures.Comparisons, TrialArm.NullControl);

    /// <summary>The null control wins: whatever else was measured then says nothing about knowledge.</summary>
    public bool IsVoid { get; } = TrialJudge.ControlWins(summary.Figures.Comparisons);

    /// <summary>The router against A1; null where it did not run.</summary>
    public TrialComparison? Routed { get; } = TrialJudge.Against(summary.Figures.Comparisons, TrialArm.Router);

    /// <summary>The adapter alone is not shown to be good enough, and is with its router.</summary>
    public bool IsRouted { get; } = TrialJudge.Shown(summary.Figures.Comparisons) == TrialArm.Router;

    /// <summary>For tables with a column for each arm: those that the claims are judged by, and the best rival.</summary>
    public IReadOnlyList<TrialArmFigures> MainArms { get; } =
    [
        .. summary.Figures.Arms.Where(a =>
            TrialArm.SelectionOf(a.Arm) is null
            || a.Arm is TrialArm.Router or TrialArm.RouterControl
            || a.Arm == summary.Figures.Plan?.Arm
            || a.Arm == summary.Figures.Plan?.Rival
        ),
    ];

    /// <summary>Cost ratio of A3 against A1 at the headline's price.</summary>
    public TrialCostRatio? Cost => Comparison?.Costs.First(c => c.Price == Summary.PrimaryPrice);

    /// <summary>An arm's cost at the headline's price.</summary>
    public TrialCost CostOf(TrialArmFigures arm) => arm.Costs.First(c => c.Price == Summary.PrimaryPrice);

    public string TitleOf(string arm) =>
        UntrustedText.Short(Summary.Arms.FirstOrDefault(a => a.Arm == arm)?.Title ?? arm, 80);

    private static TrialArmFigures? Arm(TrialSummary summary, string code) =>
        summary.Figures.Arms.FirstOrDefault(a => a.Arm == code);
}

/// <summary>What the page shows of tasks that were carried out and checked.</summary>
/// <param name="Prices">The table that the figures were computed with.</param>
public sealed record TrialPart(TrialSummary Summary, IReadOnlyList<TrialRow> Rows, PriceTable Prices)
{
    /// <summary>From a folder that <see cref="TrialFolder"/> wrote.</summary>
    public static TrialPart Read(string folder) =>
        new(TrialFolder.ReadSummary(folder), TrialFolder.ReadRows(folder), TrialFolder.ReadPrices(folder));
}
