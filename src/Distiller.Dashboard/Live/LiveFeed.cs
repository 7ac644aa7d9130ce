using System.Data.Common;
using System.Runtime.CompilerServices;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distiller.Dashboard.Live;

/// <summary>
/// Looks at the store once a second while anyone listens, and not at all while nobody does: a hundred open pages cost
/// what one does.
/// </summary>
internal sealed partial class LiveFeed(RunStore store, ILogger<LiveFeed> log) : BackgroundService
{
    private const int TailLines = 400;

    /// <summary>A person's second, whatever clock the schedule runs by.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private static readonly RunState[] NotOver =
    [
        RunState.Waiting,
        RunState.Running,
        RunState.Paused,
        RunState.Retrying,
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _watched = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _listened = new(0);
    private readonly Dictionary<string, List<RunLogLine>> _tails = new(StringComparer.Ordinal);
    private TaskCompletionSource<LiveSnapshot> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _listeners;

    /// <summary>Times the store was looked at.</summary>
    internal long Looks { get; private set; }

    /// <summary>One snapshot after another until the caller is gone or the server stops.</summary>
    /// <param name="run">Of which the log is wanted too; null for none.</param>
    public async IAsyncEnumerable<LiveSnapshot> WatchAsync(
        string? run,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        Enter(run);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                Task<LiveSnapshot> next;
                lock (_lock)
                {
                    next = _next.Task;
                }

                LiveSnapshot snapshot;
                try
                {
                    snapshot = await next.WaitAsync(cancellation);
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }

                yield return snapshot;
            }
        }
        finally
        {
            Leave(run);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LookWhileHeardAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task LookWhileHeardAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            bool heard;
            lock (_lock)
            {
                heard = _listeners > 0;
            }

            if (!heard)
            {
                _tails.Clear();
                await _listened.WaitAsync(stoppingToken);
                continue;
            }

            var snapshot = await LookAsync(stoppingToken);
            TaskCompletionSource<LiveSnapshot> waiting;
            lock (_lock)
            {
                waiting = _next;
                _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            waiting.SetResult(snapshot);
            await Task.Delay(Beat, stoppingToken);
        }
    }

    private async Task<LiveSnapshot> LookAsync(CancellationToken cancellation)
    {
        Looks++;
        try
        {
            var active = await store.ListAsync(new RunQuery(null, 500, 0, NotOver), cancellation);
            var watched = new Dictionary<string, (Run, IReadOnlyList<RunLogLine>)>(StringComparer.Ordinal);
            foreach (var id in Watched())
            {
                var run = active.FirstOrDefault(r => r.Id == id) ?? await store.FindAsync(id, cancellation);
                if (run is not null)
                {
                    watched[id] = (run, await TailAsync(id, cancellation));
                }
            }

            return new LiveSnapshot(active, watched, Away: false);
        }
        catch (Exception e) when (e is DbException or TimeoutException or IOException)
        {
            DatabaseAway(log, e.Message);
            return new LiveSnapshot([], new Dictionary<string, (Run, IReadOnlyList<RunLogLine>)>(), Away: true);
        }
    }

    private async Task<IReadOnlyList<RunLogLine>> TailAsync(string id, CancellationToken cancellation)
    {
        if (!_tails.TryGetValue(id, out var tail))
        {
            _tails[id] = tail = [];
        }

        tail.AddRange(await store.Log.ListAsync(id, tail.Count == 0 ? 0 : tail[^1].Seq, cancellation: cancellation));
        if (tail.Count > TailLines)
        {
            tail.RemoveRange(0, tail.Count - TailLines);
        }

        return [.. tail];
    }

    private List<string> Watched()
    {
        lock (_lock)
        {
            foreach (var gone in _tails.Keys.Where(k => !_watched.ContainsKey(k)).ToList())
            {
                _tails.Remove(gone);
            }

            return [.. _watched.Keys];
        }
    }

    private void Enter(string? run)
    {
        lock (_lock)
        {
            _listeners++;
            if (run is not null)
            {
                _watched[run] = _watched.GetValueOrDefault(run) + 1;
            }
        }

        _listened.Release();
    }

    private void Leave(string? run)
    {
        lock (_lock)
        {
            _listeners--;
            if (run is not null && --_watched[run] == 0)
            {
                _watched.Remove(run);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be asked what is running: {Reason}")]
    private static partial void DatabaseAway(ILogger logger, string reason);

    public override void Dispose()
    {
        _listened.Dispose();
        base.Dispose();
    }
}

/// <summary>One look at the store, for all pages that listen.</summary>
/// <param name="Active">Runs that are not over.</param>
/// <param name="Watched">Runs that a page is of, with the end of their logs.</param>
internal sealed record LiveSnapshot(
    IReadOnlyList<Run> Active,
    IReadOnlyDictionary<string, (Run Run, IReadOnlyList<RunLogLine> Tail)> Watched,
    bool Away
);
