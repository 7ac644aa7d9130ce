using System.Globalization;

namespace Distiller.Reporting.Plots;

/// <summary>What all plots share. Drawn 440 wide, so that text stays readable on a telephone.</summary>
public static class Drawing
{
    public const double Width = 440;

    /// <summary>A coordinate: to a hundredth, which no screen shows.</summary>
    public static string Px(double value) =>
        (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The straight lines of an SVG path through the points.</summary>
    public static string Path(IEnumerable<(double X, double Y)> points) =>
        string.Concat(points.Select((p, i) => $"{(i == 0 ? "M" : "L")}{Px(p.X)} {Px(p.Y)}"));
}
