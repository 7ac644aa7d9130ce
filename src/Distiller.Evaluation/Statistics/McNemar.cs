namespace Distiller.Evaluation.Statistics;

/// <summary>McNemar's test for paired yes/no outcomes.</summary>
public static class McNemar
{
    /// <summary>
    /// The exact two-sided p-value: twice the smaller tail of Binomial(n, 1/2) over the n discordant pairs, at most 1.
    /// </summary>
    /// <param name="onlyFirst">Pairs in which only the first arm succeeded.</param>
    /// <param name="onlySecond">Pairs in which only the second arm succeeded.</param>
    public static double ExactP(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        var n = (long)onlyFirst + onlySecond;
        long k = Math.Min(onlyFirst, onlySecond);
        if (2 * k == n)
        {
            return 1;
        }

        // log C(n,k) / 2^n, then downwards by C(n,i-1) = C(n,i) i / (n-i+1): no term overflows or vanishes early.
        var log = -n * Math.Log(2);
        for (long i = 1; i <= k; i++)
        {
            log += Math.Log(n - i + 1) - Math.Log(i);
        }

        var term = 1.0;
        var sum = 1.0;
        for (var i = k; i >= 1 && term > 1e-18; i--)
        {
            term *= (double)i / (n - i + 1);
            sum += term;
        }

        return Math.Min(1, 2 * Math.Exp(log) * sum);
    }
}
