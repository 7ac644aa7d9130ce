using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Distiller.Evaluation;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.Logging;

namespace Distiller.Dashboard.Telemetry;

/// <summary>
/// The meter <c>Distiller</c>. Everything is read from the store, so it tells the same on every machine and after every
/// restart: in a cluster take the maximum over the instances, never their sum.
/// </summary>
internal sealed class RunMetrics : IDisposable
{
    // Nodes write a sign of life every few seconds.
    private static readonly TimeSpan NodeSilenceMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(5);

    // Machines whose clocks differ write moments that have passed already.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    private readonly RunStore _store;
    private readonly RunStatistics _statistics;
    private readonly HealthBoard _health;
    private readonly TimeProvider _time;
    private readonly ILogger<RunMetrics> _log;
    private readonly Meter _meter;
    private readonly Histogram<double> _runDuration;
    private readonly Histogram<double> _stageDuration;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, double> _highest = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Run, string? Stage), DateTimeOffset> _recorded = [];
    private DateTimeOffset _newest;
    private long _readAt;
    private Task _refresh = Task.CompletedTask;
    private volatile Reading _reading = Reading.None;

    public RunMetrics(
        IMeterFactory meters,
        RunStore store,
        HealthBoard health,
        TimeProvider time,
        ILogger<RunMetrics> log
    )
    {
        _store = store;
        _statistics = new RunStatistics(store.Database);
        _health = health;
        _time = time;
        _log = log;
        _meter = meters.Create(MeterNames.Distiller);
        var lengths = new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400],
        };
        _runDuration = _meter.CreateHistogram(
            "distiller.run.duration",
            "s",
            "From start to end of a night, pauses counted.",
            advice: lengths
        );
        _stageDuration = _meter.CreateHistogram(
            "distiller.stage.duration",
            "s",
            "Time that a finished stage was at work.",
            advice: lengths
        );
        Counter("runs.ended", "{run}", "Nights by how they ended; failed counts every attempt that failed.", Ended);
        Counter("runs.retried", "{run}", "Attempts after the first of a night.", r => r.ByTenant(t => t.Retries));
        Counter("train.tokens", "{token}", "Tokens the trainer processed.", r => r.ByTenant(t => t.TrainTokens));
        Counter(
            "episodes.quarantined",
            "{episode}",
            "Records put aside as unusable.",
            r => r.ByTenant(t => t.Quarantined)
        );
        Gauge("runs.active", "{run}", "Nights that are not over, by state.", Active);
        Gauge(
            "episodes",
            "{episode}",
            "Episodes in the workspace at the last finished night.",
            r => r.Last(f => f.Episodes)
        );
        Gauge("patterns", "{pattern}", "Patterns mined by the last finished night.", r => r.Last(f => f.Patterns));
        Gauge(
            "gate.open",
            "",
            "1: the last finished night published its adapter; 0: its gate was closed.",
            r => r.Last(f => f.Published ? 1 : 0)
        );
        Gauge(
            "tokens.per.solved.task",
            "{token}",
            "Of the last trial: before is context in the prompt, after the INT4 adapter.",
            r => r.Arms(a => a.TokensPerSolvedTask)
        );
        Gauge(
            "cost.per.solved.task",
            "",
            "Of the last trial, in the price table's currency.",
            r => r.Arms(a => a.CostPerSolvedTask)
        );
        Gauge("last.success.timestamp", "s", "When the last night finished, seconds since 1970.", LastSuccess);
        Gauge("next.due.timestamp", "s", "When the next night is due, seconds since 1970.", NextDue);
        Gauge(
            "schedule.held",
            "",
            "1: a person holds the schedule back.",
            r => r.Tenants.Select(t => One(t.IsHeld ? 1 : 0, ("tenant", t.Name)))
        );
        Gauge("node.up", "", "1: the machine gave a sign of life within a minute.", NodeUp);
        Gauge("store.up", "", "1: the database answered.", r => [One(r.IsUp ? 1 : 0)]);
        Gauge(
            "degraded",
            "",
            "1 for each part that is not well; blocks tells whether the server is not ready.",
            _ => _health.Notes.Select(n => One(1, ("part", n.Part), ("blocks", n.Blocks)))
        );
        Gauge("build.info", "", "Always 1; the version is a label.", _ => [One(1, ("version", Version))]);
    }

    private static string Version { get; } =
        typeof(RunMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "";

    /// <summary>
    /// Reads the store, unless it was read just now. A store that is away or slow leaves what was known; who asks waits a
    /// few seconds for it at most, and the reading goes on.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        Task reading;
        lock (_lock)
        {
            if (_refresh.IsCompleted && (_readAt == 0 || TimeProvider.System.GetElapsedTime(_readAt) > FreshFor))
            {
                _refresh = Task.Run(() => KeepAsync(_end.Token), CancellationToken.None);
            }

            reading = _refresh;
        }

        try
        {
            await reading.WaitAsync(PatienceMax, cancellation);
        }
        catch (TimeoutException)
        {
            _reading = _reading with { IsUp = false };
        }
    }

    /// <summary>Lets the next refresh read the store however fresh the last reading is.</summary>
    internal void Forget() => _readAt = 0;

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _meter.Dispose();
    }

    private async Task KeepAsync(CancellationToken end)
    {
        try
        {
            _reading = await ReadAsync(end);
        }
        catch (Exception e)
        {
            if (!end.IsCancellationRequested)
            {
                _log.LogWarning("Metrics could not be read from the database: {Reason}", e.Message);
            }

            _reading = _reading with { IsUp = false };
        }

        Volatile.Write(ref _readAt, TimeProvider.System.GetTimestamp());
    }

    private async Task<Reading> ReadAsync(CancellationToken cancellation)
    {
        var totals = await _statistics.TotalsAsync(cancellation);
        var tenants = await _store.Tenants.ListAsync(cancellation);
        var nodes = await _store.Nodes.ListAsync(cancellation);
        var names = totals.Select(t => t.Tenant).Union(tenants.Select(t => t.Name), StringComparer.Ordinal);
        var last = new List<Run>();
        foreach (var name in names)
        {
            last.AddRange(await _store.ListAsync(new RunQuery(name, 10, 0, RunState.Finished), cancellation));
        }

        foreach (
            var span in await _statistics.EndedAsync(
                _newest - (_newest == default ? TimeSpan.Zero : Overlap),
                cancellation
            )
        )
        {
            Record(span);
        }

        foreach (var old in _recorded.Where(r => r.Value < _newest - (Overlap * 2)).Select(r => r.Key).ToList())
        {
            _recorded.Remove(old);
        }

        return new Reading(true, totals, tenants, nodes, last);
    }

    private void Record(RunSpan span)
    {
        if (!_recorded.TryAdd((span.RunId, span.Stage), span.Ended))
        {
            return;
        }

        _newest = span.Ended > _newest ? span.Ended : _newest;
        var tenant = new KeyValuePair<string, object?>("tenant", span.Tenant);
        if (span.Stage is null)
        {
            _runDuration.Record(span.Length.TotalSeconds, tenant, new("state", Word(span.State)));
        }
        else
        {
            _stageDuration.Record(span.Length.TotalSeconds, tenant, new("stage", span.Stage));
        }
    }

    private void Counter(string name, string unit, string help, Func<Reading, IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableCounter($"distiller.{name}", () => NeverLess(name, read(_reading)), unit, help);

    private void Gauge(string name, string unit, string help, Func<Reading, IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableGauge($"distiller.{name}", () => read(_reading), unit, help);

    /// <summary>A run that is tried again leaves its state, and a counter that falls would look like a restart.</summary>
    private IEnumerable<Measurement<double>> NeverLess(string name, IEnumerable<Measurement<double>> now)
    {
        foreach (var measurement in now)
        {
            var key = $"{name}\n{string.Join('\n', measurement.Tags.ToArray().Select(t => t.Value))}";
            var highest = _highest.AddOrUpdate(
                key,
                measurement.Value,
                (_, before) => Math.Max(before, measurement.Value)
            );
            yield return new Measurement<double>(highest, measurement.Tags);
        }
    }

    private static IEnumerable<Measurement<double>> Ended(Reading reading) =>
        from tenant in reading.Totals.GroupBy(t => t.Tenant)
        from state in (RunState[])[RunState.Finished, RunState.Failed, RunState.Cancelled]
        let runs = tenant.Where(t => t.State == state).Sum(t => t.Runs)
        let before = state == RunState.Failed ? tenant.Sum(t => t.Retries) : 0
        select One(runs + before, ("tenant", tenant.Key), ("state", Word(state)));

    private static IEnumerable<Measurement<double>> Active(Reading reading) =>
        from tenant in reading.Names
        from state in (RunState[])[RunState.Waiting, RunState.Running, RunState.Paused, RunState.Retrying]
        let runs = reading.Totals.Where(t => t.Tenant == tenant && t.State == state).Sum(t => t.Runs)
        select One(runs, ("tenant", tenant), ("state", Word(state)));

    private static IEnumerable<Measurement<double>> LastSuccess(Reading reading) =>
        from run in reading.LastFinished
        where run.Ended is not null
        select One(run.Ended!.Value.ToUnixTimeMilliseconds() / 1e3, ("tenant", run.Tenant));

    private static IEnumerable<Measurement<double>> NextDue(Reading reading) =>
        from tenant in reading.Tenants
        where tenant.NextDue is not null
        select One(tenant.NextDue!.Value.ToUnixTimeMilliseconds() / 1e3, ("tenant", tenant.Name));

    private IEnumerable<Measurement<double>> NodeUp(Reading reading)
    {
        var now = _time.GetUtcNow();
        return from node in reading.Nodes
            let isUp = now - node.Seen < NodeSilenceMax
            select One(isUp ? 1 : 0, ("node", node.Name), ("roles", string.Join(',', node.Roles)));
    }

    private static string Word(RunState state) => state.ToString().ToLowerInvariant();

    private static Measurement<double> One(double value, params ReadOnlySpan<(string Key, object? Value)> tags)
    {
        var pairs = new KeyValuePair<string, object?>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            pairs[i] = new(tags[i].Key, tags[i].Value);
        }

        return new Measurement<double>(value, pairs);
    }

    /// <param name="Finished">Some of each tenant's last ones, newest first.</param>
    private sealed record Reading(
        bool IsUp,
        IReadOnlyList<RunTotals> Totals,
        IReadOnlyList<TenantStatus> Tenants,
        IReadOnlyList<RunNode> Nodes,
        IReadOnlyList<Run> Finished
    )
    {
        public static readonly Reading None = new(false, [], [], [], []);

        public IEnumerable<string> Names =>
            Totals.Select(t => t.Tenant).Union(Tenants.Select(t => t.Name), StringComparer.Ordinal);

        public IEnumerable<Run> LastFinished => Finished.GroupBy(r => r.Tenant).Select(g => g.MaxBy(r => r.Ended)!);

        public IEnumerable<Measurement<double>> ByTenant(Func<RunTotals, long> amount) =>
            Totals.GroupBy(t => t.Tenant).Select(g => One(g.Sum(amount), ("tenant", g.Key)));

        public IEnumerable<Measurement<double>> Last(Func<RunFigures, double> figure) =>
            from run in LastFinished
            where run.Figures is not null
            select One(figure(run.Figures!), ("tenant", run.Tenant));

        public IEnumerable<Measurement<double>> Arms(Func<RunArmFigures, double?> figure) =>
            from runs in Finished.GroupBy(r => r.Tenant)
            let tried = runs.Where(r => r.Figures is { Arms.Count: > 0 }).MaxBy(r => r.Ended)
            where tried is not null
            from arm in tried.Figures!.Arms
            let when = arm.Arm switch
            {
                TrialArm.VerboseContext => "before",
                TrialArm.AdapterInt4 => "after",
                _ => null,
            }
            let value = figure(arm)
            where when is not null && value is not null
            select One(value.Value, ("tenant", runs.Key), ("when", when));
    }
}

/// <summary>The meters and activity sources that are told outside.</summary>
internal static class MeterNames
{
    public const string Distiller = "Distiller";

    /// <summary>Memory, collections, processor time; the whole process has one.</summary>
    public const string Runtime = "System.Runtime";

    public static readonly string[] All =
    [
        Distiller,
        "Quartz",
        // Requests served, by route and status.
        "Microsoft.AspNetCore.Hosting",
        Runtime,
    ];

    public static readonly string[] Activities = [Distiller, "Quartz"];
}
