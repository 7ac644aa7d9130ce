using System.ComponentModel.DataAnnotations;
using Distiller.Core;
using Distiller.Core.Settings;
using MathNet.Numerics.Distributions;

namespace Distiller.Evaluation.Statistics;

/// <summary>
/// Bias-corrected and accelerated bootstrap intervals (Efron, "Better bootstrap confidence intervals", 1987) that
/// resample whole clusters, because the turns of one episode are not independent.
/// </summary>
public static class BcaBootstrap
{
    /// <summary>The ratio of sums over the clusters, with its interval. Every denominator must be positive.</summary>
    public static Estimate RatioOfSums(IReadOnlyList<ClusterSum> clusters, BootstrapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(clusters.Count, nameof(clusters));
        if (clusters.Any(c => !(c.Denominator > 0) || !double.IsFinite(c.Numerator)))
        {
            throw new ArgumentException(
                "Each cluster needs a finite numerator and a positive denominator.",
                nameof(clusters)
            );
        }

        var sums = clusters.ToArray();
        return Of(
            sums.Length,
            copies =>
            {
                double numerator = 0;
                double denominator = 0;
                for (var i = 0; i < sums.Length; i++)
                {
                    numerator += copies[i] * sums[i].Numerator;
                    denominator += copies[i] * sums[i].Denominator;
                }

                return numerator / denominator;
            },
            options
        );
    }

    /// <summary>
    /// Any figure of <paramref name="clusters"/> clusters, with its interval; no interval for a single cluster.
    /// </summary>
    /// <exception cref="ArgumentException">The statistic is not finite on a resample.</exception>
    public static Estimate Of(int clusters, ClusterStatistic statistic, BootstrapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        OptionsCheck.Require(options);
        var copies = new int[clusters];
        Array.Fill(copies, 1);
        var value = Finite(statistic(copies));
        if (clusters == 1)
        {
            return new Estimate(value, null);
        }

        var acceleration = Acceleration(copies, statistic);
        var draws = Draw(copies, statistic, options);
        Array.Sort(draws);

        // The share of draws below the estimate, a tie counting half; kept off 0 and 1, where it has no quantile.
        var below = draws.Sum(d =>
            d < value ? 1.0
            : d > value ? 0.0
            : 0.5
        );
        var share = Math.Clamp(below / draws.Length, 0.5 / draws.Length, 1 - 0.5 / draws.Length);
        var bias = Normal.InvCDF(0, 1, share);
        var z = Normal.InvCDF(0, 1, (1 - options.Confidence) / 2);
        return new Estimate(
            value,
            new Interval(
                Quantiles.OfSorted(draws, Level(bias, acceleration, z)),
                Quantiles.OfSorted(draws, Level(bias, acceleration, -z))
            )
        );
    }

    private static double Level(double bias, double acceleration, double z) =>
        Normal.CDF(0, 1, bias + (bias + z) / (1 - acceleration * (bias + z)));

    /// <summary>
    /// The acceleration from the jackknife: a sixth of the skewness of the leave-one-out values. 0 where they do not vary.
    /// </summary>
    private static double Acceleration(int[] copies, ClusterStatistic statistic)
    {
        var without = new double[copies.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = 0;
            without[i] = Finite(statistic(copies));
            copies[i] = 1;
        }

        var mean = without.Average();
        double squares = 0;
        double cubes = 0;
        foreach (var w in without)
        {
            var d = mean - w;
            squares += d * d;
            cubes += d * d * d;
        }

        return squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }

    private static double[] Draw(int[] copies, ClusterStatistic statistic, BootstrapOptions options)
    {
        var random = new SplitMix64(options.Seed);
        var draws = new double[options.Draws];
        for (var d = 0; d < draws.Length; d++)
        {
            Array.Clear(copies);
            for (var i = 0; i < copies.Length; i++)
            {
                copies[random.NextBelow(copies.Length)]++;
            }

            draws[d] = Finite(statistic(copies));
        }

        return draws;
    }

    private static double Finite(double value) =>
        double.IsFinite(value) ? value : throw new ArgumentException("The statistic is not finite on a resample.");
}

/// <summary>Options of the bootstrap.</summary>
/// <param name="Draws">Number of resamples; tests use fewer than the default.</param>
/// <param name="Seed">Seed of the resampling: the same seed gives the same interval to the last bit.</param>
/// <param name="Confidence">Nominal coverage.</param>
public sealed record BootstrapOptions(
    [property: Range(BootstrapOptions.DrawsMin, BootstrapOptions.DrawsMax)] int Draws = 10_000,
    ulong Seed = 1,
    [property: Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)] double Confidence = 0.95
)
{
    public const int DrawsMin = 100;
    public const int DrawsMax = 10_000_000;
}

/// <summary>Computes a figure on a resample.</summary>
/// <param name="copies">How often each cluster was drawn. All ones is the sample itself.</param>
public delegate double ClusterStatistic(ReadOnlySpan<int> copies);

/// <summary>
/// What one cluster (an episode, a task family) adds to a ratio of sums: nats and tokens, cost and solved tasks.
/// </summary>
public readonly record struct ClusterSum(double Numerator, double Denominator);
