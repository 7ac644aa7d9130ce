using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

internal static class LossFigures
{
    public static double Mean(IReadOnlyList<ScoredTurn> arm) => arm.Sum(s => s.Nats) / arm.Sum(s => (double)s.Tokens);

    /// <summary>The arms are paired turn by turn.</summary>
    public static LossComparison Compare(
        IReadOnlyList<ScoredTurn> arm,
        IReadOnlyList<ScoredTurn> other,
        BootstrapOptions bootstrap
    )
    {
        var tasks = arm.Zip(other)
            .GroupBy(p => p.First.TaskId, StringComparer.Ordinal)
            .Select(g =>
                (
                    Change: g.Sum(p => p.First.Nats - p.Second.Nats),
                    Tokens: g.Sum(p => (double)p.First.Tokens),
                    Other: g.Sum(p => p.Second.Nats)
                )
            )
            .ToList();
        return new LossComparison(
            BcaBootstrap.RatioOfSums([.. tasks.Select(e => new ClusterSum(e.Change, e.Tokens))], bootstrap),
            tasks.All(e => e.Other > 0)
                ? BcaBootstrap.RatioOfSums([.. tasks.Select(e => new ClusterSum(e.Change, e.Other))], bootstrap)
                : new Estimate(tasks.Sum(e => e.Change) / Math.Max(tasks.Sum(e => e.Other), double.Epsilon), null)
        );
    }
}

/// <summary>The loss of one arm against another's, on identical tokens. Intervals resample whole tasks.</summary>
/// <param name="Difference">Nats per completion token; below zero is better.</param>
/// <param name="RelativeChange">The difference over the other arm's loss: -0.1 is a loss 10 % lower.</param>
public sealed record LossComparison(Estimate Difference, Estimate RelativeChange);
