namespace Distiller.Evaluation.Report;

/// <summary>One column per held-out episode: its loss under the base, joined to its loss under the INT4 adapter.</summary>
internal static class PairedLossPlot
{
    private const int ColumnsMax = 120;
    private const double Left = 44;
    private const double Right = Plot.Width - 10;
    private const double Bottom = 250;

    public static Html Draw(IReadOnlyList<EvaluationRow> rows)
    {
        var episodes = rows.GroupBy(r => r.EpisodeId, StringComparer.Ordinal)
            .Select(g => (Id: g.Key, Base: Loss(g, Arm.Base), Adapter: Loss(g, Arm.AdapterInt4)))
            .OrderBy(e => e.Base)
            .ThenBy(e => e.Id, StringComparer.Ordinal)
            .ToList();
        var lower = episodes.Count(e => e.Adapter < e.Base);
        // Evenly through the sorted episodes, both ends included.
        var shown =
            episodes.Count <= ColumnsMax
                ? episodes
                :
                [
                    .. Enumerable
                        .Range(0, ColumnsMax)
                        .Select(i => episodes[i * (episodes.Count - 1) / (ColumnsMax - 1)]),
                ];
        var losses = shown.SelectMany(e => new[] { e.Base, e.Adapter }).ToList();
        var y = Scale.Linear(losses.Min(), losses.Max(), Bottom, 12);
        var gap = (Right - Left) / shown.Count;
        var radius = Math.Clamp(gap * 0.36, 1.6, 4.5);
        var columns = shown.Select(
            (e, i) =>
            {
                var x = Left + (gap * (i + 0.5));
                return Html.Of(
                    $"""
                    <g><title>{LogText.Short(e.Id, 12)}: base {Show.Nats(e.Base)}, adapter {Show.Nats(e.Adapter)}</title><line class="link" x1="{x}" x2="{x}" y1="{y.At(
                        e.Base
                    )}" y2="{y.At(
                        e.Adapter
                    )}"/><circle class="base" cx="{x}" cy="{y.At(e.Base)}" r="{radius}"/><circle class="int4" cx="{x}" cy="{y.At(
                        e.Adapter
                    )}" r="{radius}"/></g>

                    """
                );
            }
        );
        var summary = $"The loss is lower with the adapter in {lower} of {episodes.Count} episodes.";
        var all = shown.Count == episodes.Count ? "" : $" {shown.Count} of them are drawn, evenly through the order.";
        return Plot.Figure(
            "Loss of each held-out episode",
            Plot.Legend(("base", "base"), ("int4", "adapter, INT4")),
            Plot.Svg(
                "paired",
                Bottom + 34,
                "Loss of each held-out episode, base against adapter",
                summary,
                [
                    Plot.VerticalAxis(y, Left, Right, Show.Tick),
                    .. columns,
                    Plot.Text(
                        (Left + Right) / 2,
                        Bottom + 24,
                        "name",
                        "middle",
                        "episodes, in the order of the base’s loss"
                    ),
                ]
            ),
            Html.Of($"Nats per completion token; lower is better. {summary}{all}")
        );
    }

    private static double Loss(IEnumerable<EvaluationRow> rows, string arm)
    {
        var own = rows.Where(r => r.Arm == arm).ToList();
        return own.Sum(r => r.Nats) / own.Sum(r => (double)r.Tokens);
    }
}
