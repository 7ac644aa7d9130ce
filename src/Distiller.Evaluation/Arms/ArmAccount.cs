using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>The figures of one arm by itself.</summary>
internal static class ArmAccount
{
    /// <param name="trainingUsd">
    /// Cost of the training, spread over <see cref="TrialOptions.AmortisedTasks"/> by each arm with an adapter.
    /// </param>
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

    /// <summary>Tokens of all tasks together, as the runtime counted them.</summary>
    public required Usage Tokens { get; init; }

    public required TokensPerTask TokensPerTask { get; init; }

    /// <summary>
    /// All tokens, including those of failed tasks, divided by the solved tasks. Null where none was solved.
    /// </summary>
    public required double? TokensPerSolvedTask { get; init; }

    /// <summary>Costs at each price of the table, in its order.</summary>
    public required IReadOnlyList<TrialCost> Costs { get; init; }

    public required IReadOnlyList<StratumFigures> Strata { get; init; }

    /// <summary>The most frequent first.</summary>
    public required IReadOnlyList<FailureCount> Failures { get; init; }
}

/// <summary>How the tokens of a task, all four classes together, are spread over the tasks.</summary>
public sealed record TokensPerTask(
    double Mean,
    double Least,
    double LowerQuartile,
    double Median,
    double UpperQuartile,
    double Most
);

/// <summary>What an arm costs at one price, in US dollars.</summary>
/// <param name="Price">A <see cref="Evaluation.Price.Name"/>.</param>
/// <param name="ServingPerTask">Cost of the requests alone.</param>
/// <param name="TrainingPerTask">
/// Cost of the training divided by <see cref="TrialOptions.AmortisedTasks"/>; 0 without an adapter.
/// </param>
/// <param name="PerSolvedTask">
/// Serving and training divided by the solved tasks (cost of pass); null where none was solved.
/// </param>
public sealed record TrialCost(string Price, double ServingPerTask, double TrainingPerTask, double? PerSolvedTask)
{
    public double PerTask => ServingPerTask + TrainingPerTask;
}

public sealed record StratumFigures(string Stratum, int Tasks, int Solved, double TokensPerTask);

public sealed record FailureCount(string Reason, int Tasks);
