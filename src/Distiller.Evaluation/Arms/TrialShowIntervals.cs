using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>A3 against A1, each with its 95 % interval.</summary>
/// <param name="SuccessDifference">Of shares; the interval is the one from which the verdict is read.</param>
/// <param name="TokensPerSolvedTaskRatio">Null where an arm solved nothing.</param>
/// <param name="CostPerSolvedTaskRatio">Null where an arm solved nothing.</param>
public sealed record TrialShowIntervals(
    Estimate SuccessDifference,
    Estimate? TokensPerSolvedTaskRatio,
    Estimate? CostPerSolvedTaskRatio
);
