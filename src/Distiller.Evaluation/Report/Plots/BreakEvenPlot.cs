namespace Distiller.Evaluation.Report;

/// <summary>Cumulative cost by number of tasks: the adapter begins with its training and rises more slowly.</summary>
internal static class BreakEvenPlot
{
    private const double Left = 58;
    private const double Right = Plot.Width - 14;
    private const double Top = 26;
    private const double Bottom = 250;

    public static Html Draw(TrialClaim claim, TrialArmFigures before, TrialArmFigures after)
    {
        if (claim.Summary.Figures.TrainingUsd is not { } training || claim.Cost is not { } cost)
        {
            return Html.Empty;
        }

        var (first, second) = (claim.CostOf(before).ServingPerTask, claim.CostOf(after).ServingPerTask);
        var crossing = cost.BreakEvenTasks is > 0 and var t ? t : (double?)null;
        var tasks = 2.4 * (crossing ?? claim.Summary.Options.AmortisedTasks);
        var x = Scale.Linear(0, tasks, Left, Right);
        var y = Scale.Linear(0, Math.Max(first * x.High, training + (second * x.High)), Bottom, Top);
        var words = crossing is { } at
            ? $"The training is repaid after {Show.Tasks(at)}"
            : "The training is not repaid: the lines do not meet";
        return Plot.Figure(
            "When the training is repaid",
            Plot.Legend(("before", "A1, dashed"), ("after", "A3, training first")),
            Plot.Svg(
                "break-even",
                Bottom + 44,
                "Cumulative cost by number of tasks, before and after",
                $"{words}.",
                [
                    Plot.HorizontalAxis(x, Bottom, Bottom + 4, Show.Tick, "tasks worked, solved or not"),
                    Plot.VerticalAxis(y, Left, Right, v => $"${Show.Tick(v)}", 4),
                    Plot.Text(Left, Top - 13, "label", "start", "cost so far, US dollars"),
                    Plot.Path("line today", [(x.At(0), y.At(0)), (x.At(x.High), y.At(first * x.High))]),
                    Plot.Path(
                        "line adapter",
                        [(x.At(0), y.At(training)), (x.At(x.High), y.At(training + (second * x.High)))]
                    ),
                    Crossing(crossing, first, x, y),
                ]
            ),
            Html.Of(
                $"At <bdi>{LogText.Short(claim.Summary.PrimaryPrice, 60)}</bdi>. {words}; every task then costs {Show.Usd(second)} instead of {Show.Usd(first)}. The line starts at the training’s {Show.Usd(training)}."
            )
        );
    }

    private static Html Crossing(double? tasks, double perTask, Scale x, Scale y)
    {
        if (tasks is not { } n)
        {
            return Html.Empty;
        }

        var (cx, cy) = (x.At(n), y.At(n * perTask));
        return Html.Of(
            $"<line class=\"zero\" x1=\"{cx}\" x2=\"{cx}\" y1=\"{cy}\" y2=\"{Bottom}\"/><circle class=\"crossing\" cx=\"{cx}\" cy=\"{cy}\" r=\"5\"/>{Plot.Text(cx + 8, Math.Min(cy + 26, Bottom - 8), "label", "start", $"repaid: {Show.Tasks(n)}")}"
        );
    }
}
