using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>The figures of one arm by itself.</summary>
internal static class ArmAccount
{
    /// <param name="trainingUsd">Paid off over <see cref="TrialOptions.AmortisedTasks"/> by each arm with an adapter.</param>
    public static TrialArmFigures Of(
        string arm,
        IReadOnlyList<WorkedTask> tasks,
        PriceTable prices,
        TrialOptions options,
        double? trainingUsd
    )
    {
        var solved = tasks.Count(t => t.Row.Solved);
        var tokens = tasks.Aggregate(
            Usage.Zero,
            (sum, t) =>
                sum + new Usage(t.Row.InputTokens, t.Row.CacheReadTokens, t.Row.CacheWriteTokens, t.Row.OutputTokens)
        );
        return new TrialArmFigures
        {
            Arm = arm,
            Tasks = tasks.Count,
            Solved = solved,
            Success = new Estimate((double)solved / tasks.Count, WilsonInterval.Of(solved, tasks.Count)),
            Requests = tasks.Sum(t => t.Row.Requests),
            CutAnswers = tasks.Sum(t => t.Requests.Count(r => r.IsCut)),
            Tokens = tokens,
            TokensPerTask = Spread(tasks),
            TokensPerSolvedTask = PerSolved(tokens.Total, solved),
            Costs = [.. prices.Prices.Select(p => Cost(p, tasks, solved, TrainingPerTask(arm, options, trainingUsd)))],
            Strata =
            [
                .. tasks
                    .GroupBy(t => t.Row.Stratum, StringComparer.Ordinal)
                    .OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new StratumFigures(
                        g.Key,
                        g.Count(),
                        g.Count(t => t.Row.Solved),
                        g.Average(t => (double)t.Tokens)
                    )),
            ],
            Failures =
            [
                .. tasks
                    .Where(t => !t.Row.Solved)
                    .GroupBy(t => t.Row.Reason, StringComparer.Ordinal)
                    .Select(g => new FailureCount(g.Key, g.Count()))
                    .OrderByDescending(f => f.Tasks)
                    .ThenBy(f => f.Reason, StringComparer.Ordinal),
            ],
        };
    }

    public static double TrainingPerTask(string arm, TrialOptions options, double? trainingUsd) =>
        TrialArm.IsTrained(arm) ? (trainingUsd ?? 0) / options.AmortisedTasks : 0;

    private static TrialCost Cost(Price price, IReadOnlyList<WorkedTask> tasks, int solved, double trainingPerTask)
    {
        var serving = tasks.Sum(t => t.Usd(price));
        return new TrialCost(
            price.Name,
            serving / tasks.Count,
            trainingPerTask,
            PerSolved(serving + trainingPerTask * tasks.Count, solved)
        );
    }

    private static double? PerSolved(double sum, int solved) => solved == 0 ? null : sum / solved;

    private static TokensPerTask Spread(IReadOnlyList<WorkedTask> tasks)
    {
        var sorted = Quantiles.Sorted(tasks.Select(t => (double)t.Tokens));
        return new TokensPerTask(
            sorted.Average(),
            sorted[0],
            Quantiles.OfSorted(sorted, 0.25),
            Quantiles.OfSorted(sorted, 0.5),
            Quantiles.OfSorted(sorted, 0.75),
            sorted[^1]
        );
    }
}
