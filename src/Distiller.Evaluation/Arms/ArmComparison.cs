using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>The figures of one arm against another's.</summary>
internal static class ArmComparison
{
    /// <summary>The arms are paired task by task.</summary>
    public static TrialComparison Of(
        (string Code, IReadOnlyList<WorkedTask> Tasks) arm,
        (string Code, IReadOnlyList<WorkedTask> Tasks) against,
        PriceTable prices,
        TrialOptions options,
        double? trainingUsd
    )
    {
        var pairs = arm.Tasks.Zip(against.Tasks).ToList();
        var families = pairs
            .GroupBy(p => p.First.Row.Family, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.ToList())
            .ToList();
        var counts = Count(pairs);
        var difference = BcaBootstrap.RatioOfSums(
            [
                .. families.Select(f => new ClusterSum(
                    f.Sum(p => (p.First.Row.Solved ? 1 : 0) - (p.Second.Row.Solved ? 1 : 0)),
                    f.Count
                )),
            ],
            options.Bootstrap
        );
        var score = counts.ScoreInterval();
        return new TrialComparison
        {
            Arm = arm.Code,
            Against = against.Code,
            OnlyArm = counts.OnlyFirst,
            OnlyAgainst = counts.OnlySecond,
            McNemarP = McNemar.ExactP(counts.OnlyFirst, counts.OnlySecond),
            SuccessDifference = difference,
            SuccessDifferenceScore = score,
            Verdict = TrialJudge.Verdict(difference, score, options.Margin),
            TokensPerSolvedTask = Ratio(families, t => t.Tokens, t => t.Tokens, options.Bootstrap),
            Costs = [.. prices.Prices.Select(Cost)],
            BothSolved = Both(pairs),
        };

        TrialCostRatio Cost(Price price)
        {
            var training = ArmAccount.TrainingPerTask(arm.Code, options, trainingUsd);
            var other = ArmAccount.TrainingPerTask(against.Code, options, trainingUsd);
            // Cheap answers that solve nothing repay nothing.
            var saved = pairs.Any(p => p.First.Row.Solved)
                ? pairs.Average(p => p.Second.Usd(price) - p.First.Usd(price))
                : 0;
            return new TrialCostRatio(
                price.Name,
                Ratio(families, t => t.Usd(price) + training, t => t.Usd(price) + other, options.Bootstrap),
                training > 0 && saved > 0 ? trainingUsd / saved : null
            );
        }
    }

    private static PairedProportions Count(IReadOnlyList<(WorkedTask First, WorkedTask Second)> pairs)
    {
        return new PairedProportions(Of(true, true), Of(true, false), Of(false, true), Of(false, false));

        int Of(bool first, bool second) =>
            pairs.Count(p => p.First.Row.Solved == first && p.Second.Row.Solved == second);
    }

    private static Estimate? Ratio(
        IEnumerable<List<(WorkedTask First, WorkedTask Second)>> families,
        Func<WorkedTask, double> cost,
        Func<WorkedTask, double> againstCost,
        BootstrapOptions bootstrap
    ) =>
        PassCostRatio.Of(
            [
                .. families.Select(f => new PassCost(
                    f.Sum(p => cost(p.First)),
                    f.Count(p => p.First.Row.Solved),
                    f.Sum(p => againstCost(p.Second)),
                    f.Count(p => p.Second.Row.Solved)
                )),
            ],
            bootstrap
        );

    private static BothSolved? Both(IReadOnlyList<(WorkedTask First, WorkedTask Second)> pairs)
    {
        var both = pairs.Where(p => p.First.Row.Solved && p.Second.Row.Solved).ToList();
        return both.Count == 0
            ? null
            : new BothSolved(
                both.Count,
                both.Average(p => (double)p.First.Tokens),
                both.Average(p => (double)p.Second.Tokens)
            );
    }
}
