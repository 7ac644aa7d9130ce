using Distiller.Core;

namespace Distiller.Evaluation.Statistics;

/// <summary>Two yes/no outcomes of each of n cases, counted.</summary>
/// <param name="Both">Cases in which both succeeded.</param>
public readonly record struct PairedProportions(int Both, int OnlyFirst, int OnlySecond, int Neither)
{
    public int Cases => Both + OnlyFirst + OnlySecond + Neither;

    /// <summary>Share of the first minus share of the second.</summary>
    public double Difference => (double)(OnlyFirst - OnlySecond) / Cases;

    /// <summary>
    /// The 95 % score interval of <see cref="Difference"/>: method 10 of Newcombe, "Improved confidence intervals for the
    /// difference between binomial proportions based on paired data", 1998. Unlike a resampling interval it does not
    /// shrink to a point where no pair differs.
    /// </summary>
    public Interval ScoreInterval()
    {
        var first = WilsonInterval.Of(Both + OnlyFirst, Cases);
        var second = WilsonInterval.Of(Both + OnlySecond, Cases);
        var p = (double)(Both + OnlyFirst) / Cases;
        var q = (double)(Both + OnlySecond) / Cases;
        var phi = Correlation();
        return new Interval(
            Difference - Distance(p - first.Low, second.High - q, phi),
            Difference + Distance(first.High - p, q - second.Low, phi)
        );
    }

    private static double Distance(double a, double b, double phi) =>
        Math.Sqrt(Math.Max(0, a * a - 2 * phi * a * b + b * b));

    /// <summary>
    /// Phi coefficient, with Newcombe's continuity correction where it is positive; 0 where an outcome does not vary.
    /// </summary>
    private double Correlation()
    {
        var product =
            ((double)Both + OnlyFirst)
            * ((double)OnlySecond + Neither)
            * ((double)Both + OnlySecond)
            * ((double)OnlyFirst + Neither);
        if (product == 0)
        {
            return 0;
        }

        var cross = (double)Both * Neither - (double)OnlyFirst * OnlySecond;
        var corrected = cross > 0 ? Math.Max(cross - Cases / 2.0, 0) : cross;
        return corrected / Math.Sqrt(product);
    }
}
