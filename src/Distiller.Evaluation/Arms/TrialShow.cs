using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>The short form of a trial for other programs. Costs are in US dollars at the primary price.</summary>
public sealed record TrialShow
{
    public required IReadOnlyList<TrialShowArm> Arms { get; init; }

    /// <summary>A3 against A1; null where one of them did not run.</summary>
    public required TrialVerdict? Verdict { get; init; }

    public required double Margin { get; init; }

    public required bool Published { get; init; }

    /// <summary>Why not; empty where it is.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    public required string Price { get; init; }

    /// <summary>A3 against A1; null where one of them did not run.</summary>
    public required TrialShowIntervals? Intervals { get; init; }

    public static TrialShow Of(TrialSummary summary)
    {
        var figures = summary.Figures;
        var claim = TrialJudge.Against(figures.Comparisons, TrialArm.AdapterInt4);
        return new TrialShow
        {
            Arms =
            [
                .. figures.Arms.Select(a => new TrialShowArm(
                    a.Arm,
                    a.Tasks,
                    a.Solved,
                    a.TokensPerTask.Mean,
                    a.TokensPerSolvedTask,
                    a.Costs.First(c => c.Price == summary.PrimaryPrice).PerSolvedTask
                )),
            ],
            Verdict = figures.Verdict,
            Margin = summary.Options.Margin,
            Published = figures.Gate.IsOpen,
            Refusals = figures.Gate.Reasons,
            Price = summary.PrimaryPrice,
            Intervals = claim is null
                ? null
                : new TrialShowIntervals(
                    new Estimate(claim.SuccessDifference.Value, claim.SuccessInterval),
                    claim.TokensPerSolvedTask,
                    claim.Costs.First(c => c.Price == summary.PrimaryPrice).PerSolvedTask
                ),
        };
    }
}

/// <param name="TokensPerTask">Mean.</param>
/// <param name="TokensPerSolvedTask">Null where none was solved.</param>
/// <param name="CostPerSolvedTask">Null where none was solved.</param>
public sealed record TrialShowArm(
    string Arm,
    int Tasks,
    int Solved,
    double TokensPerTask,
    double? TokensPerSolvedTask,
    double? CostPerSolvedTask
);

/// <summary>A3 against A1, each with its 95 % interval.</summary>
/// <param name="SuccessDifference">
/// Difference of the shares of solved tasks, with the interval that decides the verdict.
/// </param>
/// <param name="TokensPerSolvedTaskRatio">Null where an arm solved nothing.</param>
/// <param name="CostPerSolvedTaskRatio">Null where an arm solved nothing.</param>
public sealed record TrialShowIntervals(
    Estimate SuccessDifference,
    Estimate? TokensPerSolvedTaskRatio,
    Estimate? CostPerSolvedTaskRatio
);
