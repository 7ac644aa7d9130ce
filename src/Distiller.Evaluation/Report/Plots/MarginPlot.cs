using Distiller.Core;

namespace Distiller.Evaluation.Report;

/// <summary>The difference of success against the loss that was allowed beforehand, with its interval.</summary>
internal static class MarginPlot
{
    private const double Left = 16;
    private const double Right = Plot.Width - 16;
    private const double Top = 34;
    private const double RowHeight = 64;

    public static Html Draw(TrialClaim claim)
    {
        var margin = claim.Summary.Options.Margin;
        var shown = claim.Summary.Figures.Comparisons.Where(c => c.Arm is TrialArm.A3 or TrialArm.A2).ToList();
        var hulls = shown.Select(c => c.SuccessInterval).ToList();
        var x = Scale.Linear(
            100 * Math.Min(hulls.Min(h => h.Low), -1.7 * margin),
            100 * Math.Max(hulls.Max(h => h.High), margin),
            Left,
            Right
        );
        var bottom = Top + (RowHeight * shown.Count);
        var limit = x.At(-100 * margin);
        var named = Math.Max(limit, Left + 84);
        var main = shown[0];
        return Plot.Figure(
            "Success against A1, and the loss allowed",
            Html.Empty,
            Plot.Svg(
                "margin",
                bottom + 44,
                "Difference of success against A1, with the margin of non-inferiority",
                $"{main.Arm} differs by {Show.Points(main.SuccessDifference.Value)} points, interval {Show.PointsInterval(hulls[0])}; the margin lies at {Show.Points(-margin)}.",
                [
                    Plot.HorizontalAxis(
                        x,
                        bottom,
                        bottom + 4,
                        t => t > 0 ? $"+{Show.Tick(t)}" : Show.Tick(t).Replace('-', '−'),
                        "tasks solved, percentage points against A1"
                    ),
                    Plot.Text(named, Top - 12, "label", "end", $"margin, {Show.Points(-margin)}"),
                    Plot.Text(Math.Max(named + 10, x.At(0) - 3), Top - 12, "label", "start", "no loss"),
                    .. shown.Zip(hulls).Select((c, i) => Row(c.First, c.Second, x, limit, Top + (RowHeight * i))),
                ]
            ),
            Html.Of(
                $"A loss beyond the dashed line is too much. Non-inferior: the whole interval lies to its right; superior: right of zero, too. Dot: measured difference; bar: 95 % interval, the hull of two methods."
            )
        );
    }

    private static Html Row(TrialComparison c, Interval hull, Scale x, double limit, double top)
    {
        var y = top + 44;
        var (low, high) = (x.At(100 * hull.Low), x.At(100 * hull.High));
        var kind = c.Arm == TrialArm.A3 ? "after" : "base";
        return Html.Of(
            $"""
            <rect class="beyond" x="{Left}" y="{y - 15}" width="{limit - Left}" height="30"/><line class="limit" x1="{limit}" x2="{limit}" y1="{y - 15}" y2="{y + 15}"/><line class="median" x1="{x.At(0)}" x2="{x.At(0)}" y1="{y - 15}" y2="{y + 15}"/>
            {Plot.Text(
                Left,
                top + 18,
                "label",
                "start",
                $"{c.Arm}, {(c.Arm == TrialArm.A3 ? "INT4" : "16 bit")}: {TrialJudge.Name(c.Verdict)}, {Show.Points(c.SuccessDifference.Value)} ({Show.PointsInterval(hull)})"
            )}<g class="whisker {kind}"><line x1="{low}" x2="{high}" y1="{y}" y2="{y}"/><line x1="{low}" x2="{low}" y1="{y
                - 6}" y2="{y + 6}"/><line x1="{high}" x2="{high}" y1="{y - 6}" y2="{y + 6}"/><circle cx="{x.At(
                100 * c.SuccessDifference.Value
            )}" cy="{y}" r="5.5"/></g>

            """
        );
    }
}
