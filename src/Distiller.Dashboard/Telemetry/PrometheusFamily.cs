using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Distiller.Dashboard.Telemetry;

/// <summary>
/// All series of one metric, written as the text format 0.0.4 has it
/// (prometheus.io/docs/instrumenting/exposition_formats).
/// </summary>
internal sealed class PrometheusFamily
{
    /// <summary>Further sets of labels are counted together: a name from outside must not fill the memory.</summary>
    public const int SeriesMax = 1_000;

    private const string Overflow = "otel_metric_overflow=\"true\"";
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, PrometheusSeries> _series = new(StringComparer.Ordinal);
    private readonly double[] _bounds;
    private readonly string _help;
    private readonly bool _isSum;
    private readonly bool _isObserved;

    public PrometheusFamily(string name, PrometheusType type, Instrument instrument)
    {
        Name = name;
        Type = type;
        _help = instrument.Description ?? instrument.Name;
        _isObserved = instrument.IsObservable;
        _isSum = !_isObserved && !instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);
        _bounds = type == PrometheusType.Histogram ? Bounds(instrument) : [];
    }

    public string Name { get; }

    public PrometheusType Type { get; }

    /// <summary>Forgets what was observed, before it is observed anew: what is gone must not be told again.</summary>
    public void ForgetObserved()
    {
        if (_isObserved)
        {
            lock (_lock)
            {
                _series.Clear();
            }
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (_lock)
        {
            if (!_series.TryGetValue(labels, out var series))
            {
                if (_series.Count >= SeriesMax)
                {
                    labels = Overflow;
                }

                if (!_series.TryGetValue(labels, out series))
                {
                    series = new PrometheusSeries(_bounds.Length + 1);
                    _series.Add(labels, series);
                }
            }

            if (Type == PrometheusType.Histogram)
            {
                var bucket = Array.BinarySearch(_bounds, value);
                series.Counts[bucket < 0 ? ~bucket : bucket]++;
            }

            series.Value = _isSum ? series.Value + value : value;
        }
    }

    public void Write(StringBuilder text)
    {
        lock (_lock)
        {
            if (_series.Count == 0)
            {
                return;
            }

            var help = _help
                .Replace("\\", @"\\", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append("# HELP ").Append(Name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(Type.ToString().ToLowerInvariant()).Append('\n');
            foreach (var (labels, series) in _series)
            {
                if (Type == PrometheusType.Histogram)
                {
                    WriteHistogram(text, labels, series);
                }
                else
                {
                    Line(text, "", labels, series.Value);
                }
            }
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, PrometheusSeries series)
    {
        var comma = labels.Length == 0 ? "" : ",";
        var sum = 0L;
        for (var i = 0; i < series.Counts.Length; i++)
        {
            sum += series.Counts[i];
            var bound = i < _bounds.Length ? Number(_bounds[i]) : "+Inf";
            Line(text, "_bucket", $"{labels}{comma}le=\"{bound}\"", sum);
        }

        Line(text, "_sum", labels, series.Value);
        Line(text, "_count", labels, sum);
    }

    private void Line(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
        {
            return "";
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (tag, value) in tags)
        {
            var name = PrometheusNames.Label(tag);
            var text = Escaped(
                value is bool yes
                    ? (yes ? "true" : "false")
                    : Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""
            );
            // Tags that differ only in marks that Prometheus does not know.
            labels[name] = labels.TryGetValue(name, out var first) ? $"{first};{text}" : text;
        }

        return string.Join(',', labels.Select(l => $"{l.Key}=\"{l.Value}\""));
    }

    private static string Escaped(string value) =>
        value
            .Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) =>
        value switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            _ => value.ToString(CultureInfo.InvariantCulture),
        };

    private static double[] Bounds(Instrument instrument) =>
        instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
            Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
            _ => DefaultBounds,
        };
}
