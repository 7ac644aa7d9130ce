using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

public sealed record TrialArmFigures
{
    public required string Arm { get; init; }

    public required int Tasks { get; init; }

    public required int Solved { get; init; }

    /// <summary>Share of solved tasks, with Wilson's interval, which takes tasks as independent.</summary>
    public required Estimate Success { get; init; }

    public required int Requests { get; init; }

    /// <summary>Answers that the limit of tokens or the context's end cut off.</summary>
    public required int CutAnswers { get; init; }

    /// <summary>Of all tasks together, as the runtime counted them.</summary>
    public required Usage Tokens { get; init; }

    public required TokensPerTask TokensPerTask { get; init; }

    /// <summary>All tokens over the solved tasks: failures are paid for. Null where none was solved.</summary>
    public required double? TokensPerSolvedTask { get; init; }

    /// <summary>At each price of the table, in its order.</summary>
    public required IReadOnlyList<TrialCost> Costs { get; init; }

    public required IReadOnlyList<StratumFigures> Strata { get; init; }

    /// <summary>The most frequent first.</summary>
    public required IReadOnlyList<FailureCount> Failures { get; init; }
}
