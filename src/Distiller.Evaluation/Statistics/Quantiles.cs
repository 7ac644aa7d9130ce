namespace Distiller.Evaluation.Statistics;

public static class Quantiles
{
    /// <summary>Linear between order statistics (type 7 of Hyndman and Fan, the default of R and NumPy).</summary>
    /// <param name="sorted">Ascending, not empty.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double level)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(sorted));
        var at = Math.Clamp(level, 0, 1) * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    public static double[] Sorted(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
