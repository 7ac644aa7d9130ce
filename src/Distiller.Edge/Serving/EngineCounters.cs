using System.Diagnostics.Metrics;

namespace Distiller.Edge.Serving;

/// <summary>What the engine counts, for whoever listens to the meter.</summary>
public sealed class EngineCounters : IDisposable
{
    public const string MeterName = "Distiller.Edge";

    private static readonly double[] s_seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Meter _meter = new(MeterName);

    public EngineCounters()
    {
        InputTokens = _meter.CreateCounter<long>(
            "distiller.edge.input_tokens",
            "{token}",
            "Tokens of prompts that were computed."
        );
        CachedTokens = _meter.CreateCounter<long>(
            "distiller.edge.cached_tokens",
            "{token}",
            "Tokens of prompts that were in the cache."
        );
        OutputTokens = _meter.CreateCounter<long>("distiller.edge.output_tokens", "{token}", "Tokens written.");
        Guessed = _meter.CreateCounter<long>(
            "distiller.edge.guessed_tokens",
            "{token}",
            "Tokens guessed from what stood before, by whether they were right."
        );
        Batches = _meter.CreateCounter<long>("distiller.edge.batches", "{batch}", "Batches evaluated.");
        Frozen = _meter.CreateCounter<long>(
            "distiller.edge.sessions_frozen",
            "{session}",
            "Sessions written to the disk."
        );
        Hydrated = _meter.CreateCounter<long>("distiller.edge.sessions_hydrated", "{session}", "Sessions read back.");
        Refused = _meter.CreateCounter<long>(
            "distiller.edge.requests_refused",
            "{request}",
            "Requests refused because the queue was full."
        );
        Evicted = _meter.CreateCounter<long>(
            "distiller.edge.adapters_evicted",
            "{adapter}",
            "Adapters put out of the memory."
        );
        FirstToken = _meter.CreateHistogram(
            "distiller.edge.first_token",
            "s",
            "From request to first token.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds }
        );
    }

    internal Counter<long> InputTokens { get; }
    internal Counter<long> CachedTokens { get; }
    internal Counter<long> OutputTokens { get; }
    internal Counter<long> Guessed { get; }
    internal Counter<long> Batches { get; }
    internal Counter<long> Frozen { get; }
    internal Counter<long> Hydrated { get; }
    internal Counter<long> Refused { get; }
    internal Counter<long> Evicted { get; }
    internal Histogram<double> FirstToken { get; }

    internal void Watch(Func<int> active, Func<int> waiting, Func<int> adapters)
    {
        _meter.CreateObservableGauge("distiller.edge.requests_active", active, "{request}", "Answers under way.");
        _meter.CreateObservableGauge("distiller.edge.requests_waiting", waiting, "{request}", "Requests waiting.");
        _meter.CreateObservableGauge(
            "distiller.edge.adapters_loaded",
            adapters,
            "{adapter}",
            "Contexts in memory, the bare base's included."
        );
    }

    public void Dispose() => _meter.Dispose();
}
