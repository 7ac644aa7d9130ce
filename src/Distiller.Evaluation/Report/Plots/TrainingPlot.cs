namespace Distiller.Evaluation.Report;

/// <summary>The training curve: loss above, learning rate below, over the same steps.</summary>
internal static class TrainingPlot
{
    private const int PointsMax = 220;
    private const double Left = 50;
    private const double Right = Plot.Width - 12;
    private const double LossBottom = 176;
    private const double RateTop = 206;
    private const double RateBottom = 250;

    public static Html Draw(IReadOnlyList<TrainingCurvePoint> curve)
    {
        var ordered = curve.OrderBy(p => p.Step).ToList();
        var run = (ordered.Count + PointsMax - 1) / PointsMax;
        var points = ordered
            .Chunk(run)
            .Select(c =>
                (Step: c.Average(p => p.Step), Loss: c.Average(p => p.Loss), Rate: c.Average(p => p.LearningRate))
            )
            .ToList();
        var x = new Scale(points[0].Step, Math.Max(points[^1].Step, points[0].Step + 1), Left, Right);
        var loss = Scale.Linear(points.Min(p => p.Loss), points.Max(p => p.Loss), LossBottom, 24);
        var rate = Scale.Linear(0, points.Max(p => p.Rate), RateBottom, RateTop, 2);
        var mean = run == 1 ? "" : $" Each point is the mean of {run} steps.";
        return Plot.Figure(
            "Training",
            Html.Empty,
            Plot.Svg(
                "training",
                RateBottom + 44,
                "Training loss and learning rate by step",
                $"The loss goes from {Show.Nats(ordered[0].Loss)} to {Show.Nats(ordered[^1].Loss)} in {ordered.Count} steps.",
                [
                    Plot.HorizontalAxis(x, RateBottom, RateBottom + 4, Show.Tick, "optimizer step"),
                    Plot.VerticalAxis(loss, Left, Right, Show.Tick),
                    Plot.VerticalAxis(rate, Left, Right, Show.Tick, 1),
                    Plot.Path("line adapter", points.Select(p => (x.At(p.Step), loss.At(p.Loss)))),
                    Plot.Path("line rate", points.Select(p => (x.At(p.Step), rate.At(p.Rate)))),
                    Plot.Text(Left, 13, "label", "start", "loss, nats per token"),
                    Plot.Text(Left, RateTop - 8, "label", "start", "learning rate"),
                ]
            ),
            Html.Of(
                $"On the training rows, not the held-out ones.{mean} From {Show.Nats(ordered[0].Loss)} to {Show.Nats(ordered[^1].Loss)} nats in {Show.Count(ordered.Count)} steps."
            )
        );
    }
}
