using MathNet.Numerics.Statistics;

namespace Distiller.Evaluation.Statistics;

public static class Quantiles
{
    /// <summary>Linear between order statistics (type 7 of Hyndman and Fan, the default of R and NumPy).</summary>
    /// <param name="sorted">Ascending, not empty.</param>
    public static double OfSorted(double[] sorted, double level)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(sorted));
        return SortedArrayStatistics.QuantileCustom(sorted, Math.Clamp(level, 0, 1), QuantileDefinition.R7);
    }

    public static double[] Sorted(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
