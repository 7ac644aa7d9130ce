using System.Collections.Concurrent;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Edge.Llama;

namespace Distiller.Edge.Serving;

/// <summary>
/// Answers requests of several adapters over one base, on one thread: the adapters' lanes take turns, a batch each, and
/// within a lane all answers advance together. Lanes come with their first request and leave, the longest unused first, when
/// the memory that they may take is full. Safe from several threads.
/// </summary>
internal sealed class EdgeEngine : IDisposable
{
    // llama.cpp's own per context: graph, buffers. An estimate for small bases; large ones take more.
    private const long LaneBytes = 16L << 20;
    private const int ContextTokensDefaultMax = 4096;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly EdgeModel _model;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly FrozenSessions _frozen;
    private readonly BatchShape _shape;
    private readonly DraftGauge _gauge;
    private readonly ConcurrentQueue<Generation> _arrived = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly LinkedList<Generation> _waiting = new();
    private readonly List<AdapterLane> _lanes = [];
    private readonly ConcurrentDictionary<EdgeAdapter, bool> _retired = new();
    private readonly ConcurrentDictionary<EdgeAdapter, bool> _pinned = new();
    private readonly Thread _thread;
    private int _count;
    private int _active;
    private int _laneCount;
    private volatile bool _stopping;
    private long _stopAt;

    /// <param name="frozenFolder">Where idle sessions go; null: they are lost.</param>
    public EdgeEngine(
        EdgeModel model,
        EngineOptions options,
        string? frozenFolder,
        EngineCounters counters,
        TimeProvider time
    )
    {
        OptionsCheck.Require(options);
        _model = model;
        _options = options;
        _time = time;
        Counters = counters;
        ContextTokens =
            options.ContextTokens > 0 ? options.ContextTokens : Math.Min(model.ContextLength, ContextTokensDefaultMax);
        if (ContextTokens > model.ContextLength)
        {
            throw new BadInputException(
                SourceLocation.Option("--context"),
                $"A context of {ContextTokens} tokens was asked for; the base was trained for {model.ContextLength}.",
                "Ask for no more than that."
            );
        }

        _shape = new BatchShape(
            options.Slots,
            ContextTokens,
            Math.Max(options.Slots, Math.Min(options.BatchTokens, ContextTokens)),
            options.Exact,
            options.DraftTokens
        );
        _gauge = new DraftGauge(options.DraftTokens);
        _frozen = new FrozenSessions(
            frozenFolder ?? "",
            frozenFolder is null ? 0 : (long)options.FrozenMegabytes << 20
        );
        counters.Watch(() => _active, () => Math.Max(0, _count - _active), () => _laneCount);
        _thread = new Thread(Work) { IsBackground = true, Name = "edge engine" };
        _thread.Start();
    }

    public EngineCounters Counters { get; }

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextTokens { get; }

    public EngineOptions Options => _options;

    /// <exception cref="EngineBusyException">As many wait as may, or the engine is stopping.</exception>
    public Generation Submit(GenerationRequest request)
    {
        if (_stopping)
        {
            throw new EngineBusyException("The server is stopping.", isStopping: true);
        }

        if (Interlocked.Increment(ref _count) > _options.QueueMax + (_options.Slots * Math.Max(1, _laneCount)))
        {
            Interlocked.Decrement(ref _count);
            Counters.Refused.Add(1);
            throw new EngineBusyException($"{_options.QueueMax} requests are waiting already.", isStopping: false);
        }

        var generation = new Generation(request, _time.GetTimestamp());
        _arrived.Enqueue(generation);
        _signal.Release();
        return generation;
    }

    /// <summary>An adapter that stays in memory whatever others need.</summary>
    public void Pin(EdgeAdapter adapter) => _pinned[adapter] = true;

    /// <summary>Lets an adapter go, once what it answers now is done.</summary>
    public void Retire(EdgeAdapter adapter)
    {
        _pinned.TryRemove(adapter, out _);
        _retired[adapter] = true;
        _signal.Release();
    }

    /// <summary>Takes no more, lets what is under way end in its time, and writes the sessions to the disk.</summary>
    public void Stop(TimeSpan within)
    {
        _stopAt = _time.GetTimestamp() + (long)(within.TotalSeconds * _time.TimestampFrequency);
        _stopping = true;
        _signal.Release();
        _thread.Join();
    }

    public void Dispose()
    {
        if (_thread.IsAlive)
        {
            Stop(TimeSpan.Zero);
        }

        _signal.Dispose();
    }

    private void Work()
    {
        try
        {
            while (!_stopping || (_count > 0 && _time.GetTimestamp() < _stopAt))
            {
                Accept();
                var isBusy = false;
                foreach (var lane in _lanes.Where(l => !l.IsIdle).ToList())
                {
                    var before = lane.Active;
                    lane.Step();
                    Ended(before - lane.Active);
                    isBusy = true;
                    Accept();
                }

                LeaveRetired();
                if (!isBusy)
                {
                    _signal.Wait(s_pause);
                }
            }
        }
        catch (Exception e)
        {
            // Whoever waits must hear of it; the next request would find no thread.
            _stopping = true;
            FailAll(e);
        }
        finally
        {
            FailAll(new EngineBusyException("The server has stopped.", isStopping: true));
            foreach (var lane in _lanes)
            {
                lane.FreezeIdle();
                lane.Dispose();
            }

            _lanes.Clear();
        }
    }

    private void Accept()
    {
        while (_arrived.TryDequeue(out var generation))
        {
            _waiting.AddLast(generation);
        }

        for (var node = _waiting.First; node is not null; )
        {
            var next = node.Next;
            if (Place(node.Value))
            {
                _waiting.Remove(node);
            }

            node = next;
        }
    }

    /// <returns>Whether it waits no more: it was taken, or is over.</returns>
    private bool Place(Generation generation)
    {
        var request = generation.Request;
        if (request.Cancellation.IsCancellationRequested)
        {
            generation.Fail(new OperationCanceledException(request.Cancellation));
            Interlocked.Decrement(ref _count);
            return true;
        }

        if (_time.GetElapsedTime(generation.SubmittedAt) > request.TimeMax)
        {
            generation.Finish(GenerationEnd.Timeout);
            Interlocked.Decrement(ref _count);
            return true;
        }

        try
        {
            var lane = _lanes.Find(l => ReferenceEquals(l.Adapter, request.Adapter)) ?? Open(request.Adapter);
            if (lane is not { HasRoom: true })
            {
                return false;
            }

            lane.Take(new AnswerRun(_model, generation, Counters, _time));
            Interlocked.Increment(ref _active);
            return true;
        }
        catch (Exception e) when (e is BadInputException or InvalidOperationException)
        {
            generation.Fail(e);
            Interlocked.Decrement(ref _count);
            return true;
        }
    }

    /// <returns>Null: there is no room until another lane is idle.</returns>
    private AdapterLane? Open(EdgeAdapter? adapter)
    {
        var needed = Bytes(adapter);
        var most = (long)_options.MemoryMegabytes << 20;
        while (_lanes.Sum(l => Bytes(l.Adapter)) + needed > most && _lanes.Count > 0)
        {
            var leaving = _lanes
                .Where(l => l.IsIdle && (l.Adapter is null || !_pinned.ContainsKey(l.Adapter)))
                .MinBy(l => l.LastUsed);
            if (leaving is null)
            {
                return _lanes.TrueForAll(l => l.IsIdle)
                    ? throw new InvalidOperationException(
                        $"The adapter needs {needed >> 20} MB; pinned adapters take the rest of --memory-mb {_options.MemoryMegabytes}."
                    )
                    : null;
            }

            leaving.FreezeIdle();
            Close(leaving);
            Counters.Evicted.Add(1);
        }

        if (needed > most)
        {
            throw new InvalidOperationException(
                $"An adapter with its caches takes {needed >> 20} MB; --memory-mb allows {_options.MemoryMegabytes}."
            );
        }

        var lane = new AdapterLane(_model, adapter, _shape, _frozen, _gauge, Counters, _time);
        _lanes.Add(lane);
        _laneCount = _lanes.Count;
        return lane;
    }

    private void LeaveRetired()
    {
        foreach (var (adapter, _) in _retired)
        {
            if (_waiting.Any(w => ReferenceEquals(w.Request.Adapter, adapter)))
            {
                continue;
            }

            if (_lanes.Find(l => ReferenceEquals(l.Adapter, adapter)) is { } lane)
            {
                if (!lane.IsIdle)
                {
                    continue;
                }

                Close(lane);
            }

            _retired.TryRemove(adapter, out _);
        }
    }

    private void Close(AdapterLane lane)
    {
        _lanes.Remove(lane);
        _laneCount = _lanes.Count;
        lane.Dispose();
    }

    private void Ended(int count)
    {
        Interlocked.Add(ref _count, -count);
        Interlocked.Add(ref _active, -count);
    }

    private void FailAll(Exception error)
    {
        foreach (var lane in _lanes)
        {
            var active = lane.Active;
            if (active > 0)
            {
                lane.FailAll(error);
            }

            Ended(active);
        }

        while (_arrived.TryDequeue(out var generation))
        {
            _waiting.AddLast(generation);
        }

        foreach (var generation in _waiting)
        {
            generation.Fail(error);
            Interlocked.Decrement(ref _count);
        }

        _waiting.Clear();
    }

    private long Bytes(EdgeAdapter? adapter) =>
        LaneBytes
        + (_model.CacheBytesPerToken * (_shape.Exact ? 2 : 1) * _shape.Sequences * _shape.ContextTokens)
        + (adapter?.Facts.FileBytes ?? 0);
}
