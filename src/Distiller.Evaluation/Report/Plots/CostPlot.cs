namespace Distiller.Evaluation.Report;

/// <summary>Cost per solved task before and after, a pair of bars for each price.</summary>
internal static class CostPlot
{
    private const int PricesMax = 10;
    private const double Left = 12;
    private const double Right = Plot.Width - 84;
    private const double Top = 2;
    private const double RowHeight = 62;

    public static Html Draw(TrialArmFigures before, TrialArmFigures after)
    {
        var rows = before.Costs.Zip(after.Costs).Take(PricesMax).ToList();
        var most = rows.Max(r => Math.Max(r.First.PerSolvedTask ?? 0, r.Second.PerSolvedTask ?? 0));
        var x = new Scale(0, most > 0 ? most : 1, Left, Right);
        var all = before.Costs.Count > rows.Count ? $" The first {rows.Count} prices of the table." : "";
        return Plot.Figure(
            "Cost per solved task at each price",
            Plot.Legend(("before", "A1"), ("after", "A3, serving"), ("training", "A3, its share of the training")),
            Plot.Svg(
                "cost",
                Top + (RowHeight * rows.Count),
                "Cost per solved task before and after, at each price",
                string.Join(
                    "; ",
                    rows.Select(r => $"{LogText.Short(r.First.Price, 60)}: {Label(r.First)} and {Label(r.Second)}")
                ) + ".",
                rows.Select((r, i) => Row(r.First, r.Second, after, x, Top + (RowHeight * i)))
            ),
            Html.Of($"US dollars. Upper bar: A1, cached; lower bar: A3.{all}")
        );
    }

    private static Html Row(TrialCost before, TrialCost after, TrialArmFigures arm, Scale x, double top) =>
        Html.Of(
            $"""
            {Plot.Text(Left, top + 13, "label", "start", LogText.Short(before.Price, 48))}{Bar(
                "before",
                before.PerSolvedTask ?? 0,
                0,
                Label(before),
                x,
                top + 19
            )}{Bar(
                "after",
                after.PerSolvedTask ?? 0,
                after.PerSolvedTask is null ? 0 : after.TrainingPerTask * arm.Tasks / arm.Solved,
                Label(after),
                x,
                top + 36
            )}
            """
        );

    /// <param name="training">The part of the whole that is not serving; it stands at the end, as an outline.</param>
    private static Html Bar(string kind, double whole, double training, string label, Scale x, double y)
    {
        var (serving, end) = (x.At(whole - training), x.At(whole));
        var rest =
            training > 0
                ? Html.Of(
                    $"<rect class=\"training\" x=\"{serving + 0.75}\" y=\"{y + 0.75}\" width=\"{Math.Max(0, end - serving - 1.5)}\" height=\"12.5\"/>"
                )
                : Html.Empty;
        return Html.Of(
            $"<rect class=\"{kind}\" x=\"{Left}\" y=\"{y}\" width=\"{Math.Max(1, serving - Left)}\" height=\"14\"/>{rest}{Plot.Text(end + 6, y + 11.5, "label", "start", label)}"
        );
    }

    private static string Label(TrialCost cost) => cost.PerSolvedTask is { } usd ? Show.Usd(usd) : "none solved";
}
