using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation.Report;

/// <summary>How a figure is distributed before and after: two histograms over one logarithmic axis.</summary>
internal static class HistogramPair
{
    private const int Bins = 28;
    private const double Left = 12;
    private const double Right = Plot.Width - 12;
    private const double RowHeight = 92;
    private const double Top = 30;
    private const double Gap = 32;
    private const double Bottom = Top + (2 * RowHeight) + Gap;

    /// <param name="id">Of the picture in the page.</param>
    /// <param name="before">At least one value, none below zero.</param>
    /// <param name="after">At least one value, none below zero.</param>
    /// <param name="axis">What the values are.</param>
    public static Html Draw(string id, string title, IEnumerable<double> before, IEnumerable<double> after, string axis)
    {
        var (first, second) = (Quantiles.Sorted(before), Quantiles.Sorted(after));
        var x = Scale.Log(Math.Max(1, Math.Min(first[0], second[0])), Math.Max(first[^1], second[^1]), Left, Right);
        var most = Math.Max(Count(first, x).Max(), Count(second, x).Max());
        return Plot.Svg(
            id,
            Bottom + 44,
            title,
            $"Median {Show.Count(Median(first))} tokens before and {Show.Count(Median(second))} after.",
            [
                Plot.HorizontalAxis(x, Top, Bottom, Show.Tick, axis),
                Histogram("before", first, x, Top + RowHeight, most),
                Histogram("after", second, x, Bottom, most),
            ]
        );
    }

    private static Html Histogram(string kind, double[] sorted, Scale x, double floor, int most)
    {
        var median = Median(sorted);
        var width = (Right - Left) / Bins;
        var bars = Count(sorted, x)
            .Select((count, i) => (count, i))
            .Where(b => b.count > 0)
            .Select(b =>
            {
                var height = Math.Max(1, RowHeight * b.count / most);
                return Html.Of(
                    $"<rect class=\"{kind}\" x=\"{Left + (b.i * width) + 0.5}\" y=\"{floor - height}\" width=\"{width - 1}\" height=\"{height}\"/>"
                );
            });
        var at = x.At(median);
        var onLeft = at > (Left + Right) / 2;
        return Html.Of(
            $"""
            <g>{bars}<line class="floor" x1="{Left}" x2="{Right}" y1="{floor}" y2="{floor}"/><line class="median" x1="{at}" x2="{at}" y1="{floor
                - RowHeight
                - 10}" y2="{floor}"/></g>
            {Plot.Text(
                at + (onLeft ? -6 : 6),
                floor - RowHeight - 2,
                "label",
                onLeft ? "end" : "start",
                $"{kind}: median {Show.Count(median)}"
            )}
            """
        );
    }

    private static double Median(double[] sorted) => Quantiles.OfSorted(sorted, 0.5);

    private static int[] Count(double[] values, Scale x)
    {
        var bins = new int[Bins];
        foreach (var value in values)
        {
            var share = (x.At(Math.Max(1, value)) - Left) / (Right - Left);
            bins[Math.Clamp((int)(share * Bins), 0, Bins - 1)]++;
        }

        return bins;
    }
}
