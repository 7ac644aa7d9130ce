using System.Text.Json.Serialization;
using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>One arm against another on the same tasks. Estimates carry 95 % BCa intervals that resample whole families.</summary>
public sealed record TrialComparison
{
    public required string Arm { get; init; }

    public required string Against { get; init; }

    /// <summary>Tasks that only <see cref="Arm"/> solved.</summary>
    public required int OnlyArm { get; init; }

    /// <summary>Tasks that only <see cref="Against"/> solved.</summary>
    public required int OnlyAgainst { get; init; }

    /// <summary>Exact, two-sided; takes tasks as independent.</summary>
    public required double McNemarP { get; init; }

    /// <summary>Share solved by <see cref="Arm"/> less that by <see cref="Against"/>.</summary>
    public required Estimate SuccessDifference { get; init; }

    /// <summary>
    /// The same difference by Newcombe's score method, which knows how few tasks there are even where no pair differs.
    /// </summary>
    public required Interval SuccessDifferenceScore { get; init; }

    /// <summary>The hull of both intervals.</summary>
    [JsonIgnore]
    public Interval SuccessInterval => TrialJudge.Hull(SuccessDifference, SuccessDifferenceScore);

    /// <summary>From <see cref="SuccessInterval"/>.</summary>
    public required TrialVerdict Verdict { get; init; }

    /// <summary>Below one is fewer tokens. Null where an arm solved nothing.</summary>
    public required Estimate? TokensPerSolvedTask { get; init; }

    public required IReadOnlyList<TrialCostRatio> Costs { get; init; }

    /// <summary>Null where there is no such task.</summary>
    public required BothSolved? BothSolved { get; init; }
}
