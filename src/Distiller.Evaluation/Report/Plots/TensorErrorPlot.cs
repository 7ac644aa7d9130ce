namespace Distiller.Evaluation.Report;

/// <summary>INT4's error of every adapted matrix: a row per kind of matrix, a dot per layer.</summary>
internal static class TensorErrorPlot
{
    private const int KindsMax = 24;
    private const double Left = 104;
    private const double Right = Plot.Width - 14;
    private const double Top = 10;
    private const double RowHeight = 28;

    public static Html Draw(IReadOnlyList<TensorErrorRow> tensors)
    {
        var kinds = tensors
            .GroupBy(t => Kind(t.Tensor), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Take(KindsMax)
            .ToList();
        var worst = tensors.MaxBy(t => t.RelativeError)!;
        var bottom = Top + (RowHeight * kinds.Count);
        var x = Scale.Linear(0, worst.RelativeError, Left, Right);
        var rows = kinds.Select(
            (kind, i) =>
            {
                var y = Top + (RowHeight * (i + 0.5));
                return Html.Of(
                    $"""
                    {Plot.Text(
                        Left - 9,
                        y + 4,
                        "label",
                        "end",
                        LogText.Short(kind.Key, 13)
                    )}<line class="floor" x1="{Left}" x2="{Right}" y1="{y}" y2="{y}"/>
                    {kind.Select(t =>
                        Html.Of(
                            $"<circle class=\"tensor\" cx=\"{x.At(t.RelativeError)}\" cy=\"{y}\" r=\"4.5\"><title>{LogText.Short(t.Tensor, 60)}: {Show.Percent(t.RelativeError)}</title></circle>"
                        )
                    )}

                    """
                );
            }
        );
        var mean = tensors.Average(t => t.RelativeError);
        return Plot.Figure(
            "INT4 error of each adapted matrix",
            Html.Empty,
            Plot.Svg(
                "tensors",
                bottom + 44,
                "Relative INT4 error of each adapted matrix, by kind",
                $"Mean {Show.Percent(mean)}, at most {Show.Percent(worst.RelativeError)} ({LogText.Short(worst.Tensor, 60)}).",
                [Plot.HorizontalAxis(x, Top, bottom, t => $"{Show.Tick(100 * t)} %", "error of BA, relative"), .. rows]
            ),
            Html.Of(
                $"One dot per layer. Mean {Show.Percent(mean)}; largest {Show.Percent(worst.RelativeError)} in <code>{LogText.Short(worst.Tensor, 60)}</code>."
            )
        );
    }

    /// <summary><c>blk.12.attn_q.weight</c> is an <c>attn_q</c>.</summary>
    private static string Kind(string tensor)
    {
        var parts = tensor.Split('.');
        return parts.Length >= 3 && parts[0] == "blk" ? parts[2] : tensor;
    }
}
