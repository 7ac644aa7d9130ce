using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Agreement of one arm against another's, at the same steps.</summary>
/// <param name="SameNameDifference">Of the shares of steps with the same tool; intervals resample whole episodes.</param>
/// <param name="SameCallDifference">Of the shares of steps with the same tool and arguments.</param>
/// <param name="OnlyThis">Steps where only this arm had the same call.</param>
/// <param name="OnlyOther">Steps where only the other arm had.</param>
/// <param name="McNemarP">Exact, two-sided, on the same call; it takes steps as independent, which the intervals do not.</param>
public sealed record CallComparison(
    Estimate SameNameDifference,
    Estimate SameCallDifference,
    int OnlyThis,
    int OnlyOther,
    double McNemarP
);
