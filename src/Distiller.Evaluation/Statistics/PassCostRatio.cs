using Distiller.Core;

namespace Distiller.Evaluation.Statistics;

/// <summary>
/// Cost of pass (sum of cost over sum of solved tasks) of one arm over another's, with a BCa interval that resamples
/// whole clusters.
/// </summary>
public static class PassCostRatio
{
    /// <summary>Null where an arm solved nothing; without interval where it has no upper end.</summary>
    public static Estimate? Of(IReadOnlyList<PassCost> clusters, BootstrapOptions options)
    {
        var sums = clusters.ToArray();
        if (sums.Sum(c => c.Solved) == 0 || sums.Sum(c => c.AgainstSolved) == 0)
        {
            return null;
        }

        // Drawn as r / (1 + r), which is finite where a resample solves nothing and r is not. BCa intervals follow
        // such a monotone change of scale.
        var share = BcaBootstrap.Of(sums.Length, copies => Share(sums, copies), options);
        return new Estimate(
            Ratio(share.Value),
            share.Interval is { High: < 1 } i ? new Interval(Ratio(i.Low), Ratio(i.High)) : null
        );
    }

    private static double Share(PassCost[] sums, ReadOnlySpan<int> copies)
    {
        double cost = 0;
        double solved = 0;
        double againstCost = 0;
        double againstSolved = 0;
        for (var i = 0; i < sums.Length; i++)
        {
            cost += copies[i] * sums[i].Cost;
            solved += copies[i] * (double)sums[i].Solved;
            againstCost += copies[i] * sums[i].AgainstCost;
            againstSolved += copies[i] * (double)sums[i].AgainstSolved;
        }

        var (here, there) = (cost * againstSolved, againstCost * solved);
        // A resample in which neither arm solves anything favours neither.
        return here + there > 0 ? here / (here + there) : 0.5;
    }

    private static double Ratio(double share) => share / (1 - share);
}

/// <summary>
/// What one cluster (a task family) adds to the cost of pass of two arms: cost (or tokens) and solved tasks.
/// </summary>
public readonly record struct PassCost(double Cost, int Solved, double AgainstCost, int AgainstSolved);
