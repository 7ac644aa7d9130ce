using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation.Report;

/// <summary>How tokens per step are distributed before and after: two histograms over one logarithmic axis.</summary>
internal static class TokensPlot
{
    private const int Bins = 28;
    private const double Left = 12;
    private const double Right = Plot.Width - 12;
    private const double RowHeight = 92;
    private const double Top = 30;
    private const double Gap = 32;
    private const double Bottom = Top + (2 * RowHeight) + Gap;

    public static Html Draw(IReadOnlyList<TokenRow> rows)
    {
        var before = Quantiles.Sorted(rows.Select(TokenFigures.Before));
        var after = Quantiles.Sorted(rows.Select(TokenFigures.After));
        var x = Scale.Log(Math.Max(1, Math.Min(before[0], after[0])), Math.Max(before[^1], after[^1]), Left, Right);
        var most = Math.Max(Count(before, x).Max(), Count(after, x).Max());
        return Plot.Figure(
            "Tokens per step",
            Plot.Legend(("before", "verbose context in the prompt"), ("after", "one-line system text")),
            Plot.Svg(
                "tokens",
                Bottom + 44,
                "Distribution of tokens per step, before and after",
                $"Median {Show.Count(Median(before))} tokens before and {Show.Count(Median(after))} after.",
                [
                    Plot.HorizontalAxis(
                        x,
                        Top,
                        Bottom,
                        Show.Tick,
                        "prompt and completion tokens of a step, logarithmic"
                    ),
                    Histogram("before", before, x, Top + RowHeight, most),
                    Histogram("after", after, x, Bottom, most),
                ]
            ),
            Html.Of(
                $"Steps of held-out episodes; the line marks the median. The completion is the logged one in both, so the whole difference is context."
            )
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
