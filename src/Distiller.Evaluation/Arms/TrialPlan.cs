using Distiller.Retrieval;

namespace Distiller.Evaluation;

/// <summary>
/// How the tasks are best served from now on: the cheapest arm by cost per solved task at the primary price, equal costs by
/// tokens, of those that are superior or non-inferior to A1, and A1 itself. An adapter's null control must not win. Where the
/// router serves tasks itself, entries have changed since the adapter learnt, and an arm that shows the model none of the
/// context is no candidate: what it knows of these tasks is out of date.
/// </summary>
public sealed record TrialPlan
{
    /// <summary>A <see cref="TrialArm.Code"/>.</summary>
    public required string Arm { get; init; }

    public required string Name { get; init; }

    /// <summary>Against A1; null where A1 itself is the plan.</summary>
    public required TrialVerdict? Verdict { get; init; }

    public required bool HasAdapter { get; init; }

    /// <summary>What stands in a prompt in place of the whole context; null: all of it, or nothing.</summary>
    public required EntrySelection? Selection { get; init; }

    public required double? TokensPerSolvedTask { get; init; }

    /// <inheritdoc cref="TrialArmFigures.Costs"/>
    public required IReadOnlyList<TrialCost> Costs { get; init; }

    /// <summary>Tasks after which the training is repaid, against A1 at the primary price; null: never, or no training.</summary>
    public required double? BreakEvenTasks { get; init; }

    /// <summary>
    /// The cheapest arm with retrieval and without an adapter that is superior or non-inferior to A1; where none is, the one that
    /// solved most; null where none ran.
    /// </summary>
    public required string? Rival { get; init; }

    /// <summary>Whether the rival is shown to be as good as A1.</summary>
    public required bool IsRivalFit { get; init; }

    /// <summary>Tokens of the plan per solved task over those of the rival.</summary>
    public required double? TokensOverRival { get; init; }

    /// <summary>Prices at which the rival costs less per solved task than the plan.</summary>
    public required IReadOnlyList<string> RivalCheaperAt { get; init; }

    /// <returns>Null where A1 did not run.</returns>
    internal static TrialPlan? Of(
        IReadOnlyList<TrialArmFigures> arms,
        IReadOnlyList<TrialComparison> comparisons,
        bool entriesChanged,
        PriceTable prices
    )
    {
        var fit = arms.Where(a => a.TokensPerSolvedTask is not null && IsFit(a.Arm, comparisons))
            .Where(a => !entriesChanged || a.Arm != TrialArm.AdapterInt4)
            .OrderBy(a => Usd(a, prices.Primary.Name))
            .ThenBy(a => a.TokensPerSolvedTask)
            .ThenBy(a => a.Arm, StringComparer.Ordinal)
            .ToList();
        if (fit.Count == 0)
        {
            return null;
        }

        var best = fit[0];
        var rival =
            fit.FirstOrDefault(a => IsRetrieval(a.Arm))
            ?? arms.Where(a => IsRetrieval(a.Arm) && a.Solved > 0)
                .OrderByDescending(a => a.Solved)
                .ThenBy(a => Usd(a, prices.Primary.Name))
                .FirstOrDefault();
        var comparison = TrialJudge.Against(comparisons, best.Arm);
        return new TrialPlan
        {
            Arm = best.Arm,
            Name = TrialArm.TitleOf(best.Arm),
            Verdict = comparison?.Verdict,
            HasAdapter = TrialArm.IsTrained(best.Arm),
            Selection = TrialArm.SelectionOf(best.Arm),
            TokensPerSolvedTask = best.TokensPerSolvedTask,
            Costs = best.Costs,
            BreakEvenTasks = comparison?.Costs.First(c => c.Price == prices.Primary.Name).BreakEvenTasks,
            Rival = rival?.Arm,
            IsRivalFit = rival is not null && fit.Contains(rival),
            TokensOverRival = best.TokensPerSolvedTask / rival?.TokensPerSolvedTask,
            RivalCheaperAt =
            [
                .. prices
                    .Prices.Select(p => p.Name)
                    .Where(p => rival is not null && rival.Arm != best.Arm && Usd(rival, p) < Usd(best, p)),
            ],
        };
    }

    private static bool IsRetrieval(string arm) =>
        TrialArm.SelectionOf(arm) is not null && !TrialArm.IsTrained(arm) && TrialArm.IsServable(arm);

    private static bool IsFit(string arm, IReadOnlyList<TrialComparison> comparisons) =>
        arm == TrialArm.VerboseContext
        || (
            TrialArm.IsServable(arm)
            && TrialJudge.Against(comparisons, arm) is { Verdict: TrialVerdict.Superior or TrialVerdict.NonInferior }
            && !(TrialArm.IsTrained(arm) && TrialJudge.ControlWins(comparisons, arm))
        );

    private static double? Usd(TrialArmFigures arm, string price) =>
        arm.Costs.First(c => c.Price == price).PerSolvedTask;
}
