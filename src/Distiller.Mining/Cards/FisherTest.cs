using MathNet.Numerics;

namespace Distiller.Mining.Cards;

/// <summary>
/// Fisher's exact test of a two by two table, two-sided: the probability, with the margins as they are, of all tables that are
/// at most as likely as this one (Fisher, "Statistical Methods for Research Workers", 1934).
/// </summary>
public static class FisherTest
{
    /// <param name="hitsWith">Successes among those with it.</param>
    /// <param name="with">All with it.</param>
    /// <param name="hitsWithout">Successes among those without it.</param>
    /// <param name="without">All without it.</param>
    /// <returns>0 to 1; 1 where nothing can be compared.</returns>
    public static double PValue(int hitsWith, int with, int hitsWithout, int without)
    {
        var hits = hitsWith + hitsWithout;
        var lowest = Math.Max(0, hits - without);
        var highest = Math.Min(with, hits);
        var own = LogProbability(hitsWith, with, hits, without);
        // Equal probabilities differ by rounding.
        const double slack = 1e-7;
        var sum = 0.0;
        for (var k = lowest; k <= highest; k++)
        {
            var p = LogProbability(k, with, hits, without);
            sum += p <= own + slack ? Math.Exp(p) : 0;
        }

        return Math.Min(1, sum);
    }

    private static double LogProbability(int k, int with, int hits, int without) =>
        LogChoose(with, k) + LogChoose(without, hits - k) - LogChoose(with + without, hits);

    private static double LogChoose(int n, int k) => SpecialFunctions.BinomialLn(n, k);
}

/// <summary>
/// How many of the findings at least as strong as each would be false (Benjamini and Hochberg, "Controlling the false discovery
/// rate", 1995).
/// </summary>
public static class FalseDiscoveries
{
    /// <returns>For each p-value the rate at which it would be the weakest finding that counts.</returns>
    public static double[] Rates(IReadOnlyList<double> pValues)
    {
        var order = Enumerable.Range(0, pValues.Count).OrderByDescending(i => pValues[i]).ToList();
        var rates = new double[pValues.Count];
        var least = 1.0;
        for (var i = 0; i < order.Count; i++)
        {
            least = Math.Min(least, pValues[order[i]] * pValues.Count / (pValues.Count - i));
            rates[order[i]] = least;
        }

        return rates;
    }
}
