namespace Distiller.Mining.Patterns;

/// <summary>
/// The 95 % interval of the difference of two independent proportions: the hybrid score interval without continuity
/// correction, method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, built from two Wilson intervals.
/// </summary>
public static class ProportionDifference
{
    /// <summary>Interval of p1 - p2; [-1, 1], nothing known, where either side has no trials.</summary>
    public static Interval Interval95(int successes1, int trials1, int successes2, int trials2)
    {
        if (trials1 == 0 || trials2 == 0)
        {
            return new Interval(-1, 1);
        }

        var p1 = (double)successes1 / trials1;
        var p2 = (double)successes2 / trials2;
        var first = WilsonInterval.Of(successes1, trials1);
        var second = WilsonInterval.Of(successes2, trials2);
        var below = Math.Sqrt(Square(p1 - first.Low) + Square(second.High - p2));
        var above = Math.Sqrt(Square(first.High - p1) + Square(p2 - second.Low));
        return new Interval(p1 - p2 - below, p1 - p2 + above);
    }

    private static double Square(double x) => x * x;
}
