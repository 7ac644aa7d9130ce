using Distiller.Core;

namespace Distiller.Evaluation.Report;

/// <summary>A small picture of a difference with its interval, for a cell of a table.</summary>
internal static class IntervalBar
{
    private const double Width = 132;
    private const double Middle = 9;

    /// <summary>The figures stand beside it, so it is hidden from screen readers.</summary>
    /// <param name="reach">The scale goes from minus this to plus this.</param>
    public static Html Draw(double value, Interval interval, double reach)
    {
        var x = new Scale(-reach, reach, 6, Width - 6);
        double At(double v) => x.At(Math.Clamp(v, -reach, reach));
        return Html.Of(
            $"<svg class=\"bar\" viewBox=\"0 0 {Width} 18\" width=\"{Width}\" height=\"18\" aria-hidden=\"true\"><line class=\"zero\" x1=\"{At(0)}\" x2=\"{At(0)}\" y1=\"1\" y2=\"17\"/><line class=\"range\" x1=\"{At(interval.Low)}\" x2=\"{At(interval.High)}\" y1=\"{Middle}\" y2=\"{Middle}\"/><circle class=\"int4\" cx=\"{At(value)}\" cy=\"{Middle}\" r=\"4\"/></svg>"
        );
    }
}
