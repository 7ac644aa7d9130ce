using System.Diagnostics.Metrics;
using System.Text;

namespace Distiller.Dashboard.Telemetry;

/// <summary>Listens to this server's meters and writes them as Prometheus text.</summary>
internal sealed class PrometheusExporter : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] HistogramEnds = ["_bucket", "_sum", "_count"];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, PrometheusFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;

    public PrometheusExporter(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = Listen;
        _listener.SetMeasurementEventCallback<byte>(static (_, v, tags, to) => Record(to, v, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, v, tags, to) => Record(to, v, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, v, tags, to) => Record(to, v, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, v, tags, to) => Record(to, v, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, v, tags, to) => Record(to, v, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, v, tags, to) => Record(to, v, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, v, tags, to) => Record(to, (double)v, tags));
        _listener.Start();
    }

    public string Write()
    {
        lock (_lock)
        {
            foreach (var family in _families.Values)
            {
                family.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var family in _families.Values)
            {
                family.Write(text);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Listen(Instrument instrument, MeterListener listener)
    {
        // Another server in this process has its own meters of the same names, told apart by their factory.
        var isOurs = instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, _meters);
        if (!isOurs || !MeterNames.All.Contains(instrument.Meter.Name))
        {
            return;
        }

        var type = TypeOf(instrument);
        var name = PrometheusNames.Metric(instrument, type);
        // Such an end would read as a part of a histogram; some of the runtime's gauges have it.
        if (type != PrometheusType.Histogram && HistogramEnds.Any(end => name.EndsWith(end, StringComparison.Ordinal)))
        {
            return;
        }

        lock (_lock)
        {
            if (!_families.TryGetValue(name, out var family))
            {
                family = new PrometheusFamily(name, type, instrument);
                _families.Add(name, family);
            }

            // A name has one type; what comes later with another is left out.
            if (family.Type == type)
            {
                listener.EnableMeasurementEvents(instrument, family);
            }
        }
    }

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((PrometheusFamily)family!).Record(value, tags);

    private static PrometheusType TypeOf(Instrument instrument) =>
        instrument.GetType().Name.Split('`')[0] switch
        {
            "Histogram" => PrometheusType.Histogram,
            "Counter" or "ObservableCounter" => PrometheusType.Counter,
            _ => PrometheusType.Gauge,
        };
}
