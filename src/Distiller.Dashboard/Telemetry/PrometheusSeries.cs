namespace Distiller.Dashboard.Telemetry;

/// <summary>The values of one set of labels.</summary>
internal sealed class PrometheusSeries(int buckets)
{
    /// <summary>Measurements in each bucket, not cumulated; the last one has no upper bound.</summary>
    public long[] Counts { get; } = new long[buckets];

    /// <summary>The value, or a histogram's sum.</summary>
    public double Value { get; set; }
}
