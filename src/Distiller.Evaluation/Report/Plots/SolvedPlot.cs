namespace Distiller.Evaluation.Report;

/// <summary>The share of tasks that each arm solved, with its interval.</summary>
internal static class SolvedPlot
{
    private const double Left = 36;
    private const double Right = Plot.Width - 62;
    private const double Top = 8;
    private const double RowHeight = 38;

    public static Html Draw(TrialClaim claim)
    {
        var arms = claim.Summary.Figures.Arms;
        var x = new Scale(0, 1, Left, Right);
        var bottom = Top + (RowHeight * arms.Count);
        return Plot.Figure(
            "Tasks solved by each arm",
            Html.Empty,
            Plot.Svg(
                "solved",
                bottom + 44,
                "Share of tasks solved by each arm",
                string.Join("; ", arms.Select(a => $"{a.Arm} {Show.Percent(a.Success.Value)}")) + ".",
                [
                    Plot.HorizontalAxis(x, Top, bottom, t => $"{Show.Tick(100 * t)} %", "share of tasks solved"),
                    .. arms.Select((a, i) => Row(a, x, Top + (RowHeight * (i + 0.5)))),
                ]
            ),
            Html.Of(
                $"{arms.Select(a => Html.Of($"{a.Arm}: <bdi>{claim.TitleOf(a.Arm)}</bdi>. "))}Whisker: 95 % interval."
            )
        );
    }

    private static Html Row(TrialArmFigures arm, Scale x, double y)
    {
        var kind = arm.Arm switch
        {
            TrialArm.A1 => "before",
            TrialArm.A3 => "after",
            _ => "other",
        };
        var whisker = arm.Success.Interval is { } i
            ? Html.Of($"<line class=\"median\" x1=\"{x.At(i.Low)}\" x2=\"{x.At(i.High)}\" y1=\"{y}\" y2=\"{y}\"/>")
            : Html.Empty;
        var end = Math.Max(x.At(arm.Success.Value), x.At(arm.Success.Interval?.High ?? 0));
        return Html.Of(
            $"""
            {Plot.Text(
                Left - 8,
                y + 4,
                "label",
                "end",
                arm.Arm
            )}<rect class="{kind}" x="{Left}" y="{y - 11}" width="{Math.Max(1, x.At(arm.Success.Value) - Left)}" height="22"/>{whisker}
            {Plot.Text(end + 7, y + 4, "label", "start", Show.Percent(arm.Success.Value))}
            """
        );
    }
}
