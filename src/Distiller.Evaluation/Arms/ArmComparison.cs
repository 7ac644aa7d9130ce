using System.Text.Json.Serialization;
using Distiller.Core;
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
            // An arm that solves nothing saves nothing, however cheap its answers are.
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

/// <summary>
/// One arm against another on the same tasks. Estimates carry 95 % BCa intervals that resample whole families.
/// </summary>
public sealed record TrialComparison
{
    public required string Arm { get; init; }

    public required string Against { get; init; }

    /// <summary>Tasks that only <see cref="Arm"/> solved.</summary>
    public required int OnlyArm { get; init; }

    /// <summary>Tasks that only <see cref="Against"/> solved.</summary>
    public required int OnlyAgainst { get; init; }

    /// <summary>Exact two-sided p-value; it treats tasks as independent.</summary>
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

    /// <summary>Verdict that follows from <see cref="SuccessInterval"/>.</summary>
    public required TrialVerdict Verdict { get; init; }

    /// <summary>Ratio of tokens per solved task; below one means fewer tokens. Null where an arm solved nothing.</summary>
    public required Estimate? TokensPerSolvedTask { get; init; }

    public required IReadOnlyList<TrialCostRatio> Costs { get; init; }

    /// <summary>Tokens of the tasks that both arms solved; null where there is none.</summary>
    public required BothSolved? BothSolved { get; init; }
}

/// <summary>Cost of one arm against another's at one price.</summary>
/// <param name="PerSolvedTask">
/// Ratio of cost per solved task; below one is cheaper. Null where an arm solved nothing.
/// </param>
/// <param name="BreakEvenTasks">
/// Tasks after which the training is repaid; null where serving saves nothing or the arm solves nothing.
/// </param>
public sealed record TrialCostRatio(string Price, Estimate? PerSolvedTask, double? BreakEvenTasks);

/// <summary>Mean tokens of the tasks that both arms solved: what a failure saves or wastes is left out.</summary>
public sealed record BothSolved(int Tasks, double Tokens, double AgainstTokens);
