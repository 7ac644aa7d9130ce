namespace Distiller.Evaluation.Report;

/// <summary>The parts that all plots share. Drawn 440 wide, so that text stays readable on a telephone.</summary>
internal static class Plot
{
    public const double Width = 440;

    /// <summary>A picture with a title and a description for those who cannot see it.</summary>
    public static Html Svg(string id, double height, string title, string description, IEnumerable<Html> content) =>
        Html.Of(
            $"""
            <svg class="plot" viewBox="0 0 {Width} {height}" role="img" aria-labelledby="{id}-t {id}-d">
            <title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>
            {content}</svg>

            """
        );

    public static Html HorizontalAxis(Scale x, double top, double bottom, Func<double, string> label, string name) =>
        Html.Of(
            $"""
            <g class="axis">{x.Ticks().Select(t =>
                Html.Of(
                    $"<line x1=\"{x.At(t)}\" x2=\"{x.At(t)}\" y1=\"{top}\" y2=\"{bottom}\"/><text x=\"{x.At(t)}\" y=\"{bottom + 17}\" text-anchor=\"middle\">{label(t)}</text>"
                )
            )}</g>
            <text class="name" x="{(x.From + x.To) / 2}" y="{bottom + 36}" text-anchor="middle">{name}</text>

            """
        );

    public static Html VerticalAxis(Scale y, double left, double right, Func<double, string> label, int ticks = 5) =>
        Html.Of(
            $"<g class=\"axis\">{y.Ticks(ticks).Select(t => Html.Of($"<line x1=\"{left}\" x2=\"{right}\" y1=\"{y.At(t)}\" y2=\"{y.At(t)}\"/><text x=\"{left - 7}\" y=\"{y.At(t) + 4}\" text-anchor=\"end\">{label(t)}</text>"))}</g>\n"
        );

    public static Html Path(string kind, IEnumerable<(double X, double Y)> points) =>
        Html.Of(
            $"<path class=\"{kind}\" d=\"{points.Select((p, i) => Html.Of($"{(i == 0 ? "M" : "L")}{p.X} {p.Y}"))}\"/>\n"
        );

    public static Html Text(double x, double y, string kind, string anchor, string text) =>
        Html.Of($"<text class=\"{kind}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>\n");

    public static Html Legend(params (string Kind, string Text)[] entries) =>
        Html.Of(
            $"<p class=\"legend\">{entries.Select(e => Html.Of($"<span><i class=\"key {e.Kind}\" aria-hidden=\"true\"></i>{e.Text}</span> "))}</p>\n"
        );

    public static Html Figure(string heading, Html legend, Html plot, Html caption) =>
        Html.Of(
            $"""
            <figure>
            <h3>{heading}</h3>
            {legend}{plot}<figcaption>{caption}</figcaption>
            </figure>

            """
        );
}
