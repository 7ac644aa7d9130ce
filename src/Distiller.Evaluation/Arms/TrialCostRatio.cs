using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Cost of one arm against another's at one price.</summary>
/// <param name="PerSolvedTask">Below one is cheaper. Null where an arm solved nothing.</param>
/// <param name="BreakEvenTasks">Tasks after which the training is repaid; null where serving saves nothing or the arm solves nothing.</param>
public sealed record TrialCostRatio(string Price, Estimate? PerSolvedTask, double? BreakEvenTasks);
