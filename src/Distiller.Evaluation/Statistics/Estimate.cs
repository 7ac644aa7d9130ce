using Distiller.Core;

namespace Distiller.Evaluation.Statistics;

/// <summary>A figure with its 95 % interval.</summary>
/// <param name="Interval">Null where none can be given: fewer than two clusters.</param>
public sealed record Estimate(double Value, Interval? Interval)
{
    /// <summary>Whether the interval lies wholly on one side of <paramref name="value"/>.</summary>
    public bool Excludes(double value) => Interval is { } i && (i.Low > value || i.High < value);
}
