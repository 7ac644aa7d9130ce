using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>The short form of a trial for other programs. Costs are in US dollars at the primary price.</summary>
public sealed record TrialHeadline
{
    public required IReadOnlyList<TrialHeadlineArm> Arms { get; init; }

    /// <summary>A3 against A1; null where one of them did not run.</summary>
    public required TrialVerdict? Verdict { get; init; }

    /// <summary>Code of the arm that opened the gate; null where it is closed.</summary>
    public required string? Claim { get; init; }

    /// <summary>Verdict of that arm against A1.</summary>
    public required TrialVerdict? ClaimVerdict { get; init; }

    public required double Margin { get; init; }

    public required bool Published { get; init; }

    /// <summary>Why not; empty where it is.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    /// <summary>Null where A1 did not run.</summary>
    public required TrialPlan? Plan { get; init; }

    public required string Price { get; init; }

    /// <summary>A3 against A1; null where one of them did not run.</summary>
    public required TrialHeadlineIntervals? Intervals { get; init; }

    public static TrialHeadline Of(TrialSummary summary)
    {
        var figures = summary.Figures;
        var claim = TrialJudge.Against(figures.Comparisons, TrialArm.AdapterInt4);
        var shown = TrialJudge.Shown(figures.Comparisons);
        return new TrialHeadline
        {
            Arms =
            [
                .. figures.Arms.Select(a => new TrialHeadlineArm(
                    a.Arm,
                    summary.Arms.FirstOrDefault(m => m.Arm == a.Arm)?.Title ?? TrialArm.TitleOf(a.Arm),
                    a.Tasks,
                    a.Solved,
                    a.TokensPerTask.Mean,
                    a.TokensPerSolvedTask,
                    a.Costs.First(c => c.Price == summary.PrimaryPrice).PerSolvedTask
                )),
            ],
            Verdict = figures.Verdict,
            Claim = shown,
            ClaimVerdict = shown is null ? null : TrialJudge.Against(figures.Comparisons, shown)?.Verdict,
            Margin = summary.Options.Margin,
            Published = figures.Gate.IsOpen,
            Refusals = figures.Gate.Reasons,
            Plan = figures.Plan,
            Price = summary.PrimaryPrice,
            Intervals = claim is null
                ? null
                : new TrialHeadlineIntervals(
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
public sealed record TrialHeadlineArm(
    string Arm,
    string Name,
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
public sealed record TrialHeadlineIntervals(
    Estimate SuccessDifference,
    Estimate? TokensPerSolvedTaskRatio,
    Estimate? CostPerSolvedTaskRatio
);
