using System.Diagnostics.Metrics;
using System.Text;

namespace Distiller.Dashboard.Telemetry;

/// <summary>
/// Names of instruments and tags in Prometheus' alphabet, with units and <c>_total</c> as OpenTelemetry's compatibility
/// specification has them ("Prometheus and OpenMetrics Compatibility", OTLP metric points to Prometheus).
/// </summary>
internal static class PrometheusNames
{
    public static string Metric(Instrument instrument, PrometheusType type)
    {
        var name = Clean(instrument.Name, isMetric: true);
        const string Total = "_total";
        if (type == PrometheusType.Counter && name.EndsWith(Total, StringComparison.Ordinal))
        {
            name = name[..^Total.Length];
        }

        var unit = Unit(instrument.Unit);
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal))
        {
            name += "_" + unit;
        }

        return type == PrometheusType.Counter ? name + Total : name;
    }

    public static string Label(string tag)
    {
        var name = Clean(tag, isMetric: false);
        // Two underscores at the start are Prometheus' own, and le is the histogram's.
        return name.StartsWith("__", StringComparison.Ordinal) || name is "le"
            ? "key" + (name[0] == '_' ? "" : "_") + name
            : name;
    }

    private static string Clean(string text, bool isMetric)
    {
        var clean = new StringBuilder(text.Length + 1);
        foreach (var c in text)
        {
            var fits = char.IsAsciiLetterOrDigit(c) || c == '_' || (isMetric && c == ':');
            clean.Append(fits ? c : '_');
        }

        if (clean.Length == 0 || char.IsAsciiDigit(clean[0]))
        {
            clean.Insert(0, '_');
        }

        return clean.ToString();
    }

    private static string Unit(string? unit) =>
        unit switch
        {
            null or "" or "1" => "",
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "%" => "percent",
            // {token} and the like are for people.
            _ when unit.StartsWith('{') => "",
            _ => Clean(unit, isMetric: false).Trim('_'),
        };
}
