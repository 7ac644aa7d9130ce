namespace Distiller.Evaluation.Statistics;

/// <summary>The standard normal distribution, to about 1e-15 (absolute in the body, relative in the lower tail).</summary>
public static class NormalDistribution
{
    private const double LogSqrtTwoPi = 0.91893853320467274178;

    /// <summary>
    /// P(X &lt;= x). Near zero by the series phi(x) (x + x^3/3 + x^5/15 + …), in the tail by the continued fraction of
    /// Mills' ratio (Abramowitz and Stegun 26.2.11 and 26.2.14).
    /// </summary>
    public static double Cdf(double x)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        return Math.Abs(x) < 3 ? 0.5 + Series(x)
            : x < 0 ? LowerTail(-x)
            : 1 - LowerTail(x);
    }

    /// <summary>The x with P(X &lt;= x) = p; infinite at 0 and 1.</summary>
    public static double Quantile(double p)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(p);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(p, 1);
        if (p > 0.5)
        {
            // The lower tail keeps relative precision; 1 - p is exact here.
            return -Quantile(1 - p);
        }

        if (p == 0)
        {
            return double.NegativeInfinity;
        }

        // Newton's step where it stays inside the bracket, bisection where it does not.
        double low = -39;
        double high = 0;
        var x = -1.0;
        for (var i = 0; i < 200; i++)
        {
            var error = Cdf(x) - p;
            if (error > 0)
            {
                high = x;
            }
            else
            {
                low = x;
            }

            var next = x - error / Density(x);
            next = next > low && next < high ? next : (low + high) / 2;
            if (Math.Abs(next - x) <= 1e-15 * Math.Max(1, Math.Abs(x)))
            {
                return next;
            }

            x = next;
        }

        return x;
    }

    private static double Density(double x) => Math.Exp(-x * x / 2 - LogSqrtTwoPi);

    private static double Series(double x)
    {
        var term = x;
        var sum = x;
        for (var n = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2)
        {
            term *= x * x / n;
            sum += term;
        }

        return Density(x) * sum;
    }

    private static double LowerTail(double x)
    {
        var fraction = 0.0;
        for (var k = 200; k >= 1; k--)
        {
            fraction = k / (x + fraction);
        }

        return Density(x) / (x + fraction);
    }
}
