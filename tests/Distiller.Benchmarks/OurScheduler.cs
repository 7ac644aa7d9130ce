using System.Globalization;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distiller.Benchmarks;

/// <summary>The whole scheduler of a machine over SQLite; its steps do nothing.</summary>
internal sealed class OurScheduler : IAsyncDisposable
{
    private readonly RunDatabase _database;
    private readonly RunStore _store;
    private readonly NoOpSteps _steps = new();
    private readonly SchedulerNode _node;
    private readonly DateOnly _night;
    private readonly HealthBoard _health = new(TimeProvider.System);

    private OurScheduler(string folder, int tenants, int cpuSteps, DateOnly night)
    {
        _night = night;
        _database = RunDatabase.Sqlite(Path.Combine(folder, "distiller.db"));
        _store = new RunStore(_database, TimeProvider.System);
        _node = new SchedulerNode(
            new NodeOptions { Name = "here", CpuSteps = cpuSteps },
            new NightSchedule([.. Enumerable.Range(0, tenants).Select(t => Tenant(folder, t))], null, []),
            _store,
            _steps,
            TimeProvider.System,
            new Wake(),
            _health,
            NullLoggerFactory.Instance
        );
    }

    /// <param name="night">Of the runs that are added: each opening has its own.</param>
    public static async Task<OurScheduler> OpenAsync(string folder, int tenants, int cpuSteps, DateOnly night)
    {
        var scheduler = new OurScheduler(folder, tenants, cpuSteps, night);
        await scheduler._node.StartAsync(CancellationToken.None);
        do
        {
            await Task.Delay(50);
        } while (scheduler._health.Notes.Count > 0);

        return scheduler;
    }

    /// <summary>One run per moment, each of a tenant of its own; the scheduler finds them and sets their alarms.</summary>
    /// <returns>The ids of the runs.</returns>
    public async Task<IReadOnlyList<string>> ScheduleAsync(IReadOnlyList<DateTimeOffset> due)
    {
        var ids = new List<string>();
        foreach (var at in due)
        {
            var run = RunCommands.NewRun(Name(ids.Count), _night, 1, "schedule", at) with { Step = RunStep.Judge };
            await _store.AddAsync(run);
            ids.Add(run.Id);
        }

        return ids;
    }

    public DateTimeOffset BeganAt(string id) => _steps.Began[id];

    public async Task<bool> IsDoneAsync()
    {
        // A scheduler that died would be waited for in vain.
        if (_node.ExecuteTask is { IsCompleted: true } ended)
        {
            await ended;
            throw new InvalidOperationException("The scheduler has stopped.");
        }

        return await _store.CountAsync(
                new RunQuery(null, 0, 0, RunState.Waiting, RunState.Running, RunState.Retrying, RunState.Paused)
            ) == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.StopAsync(CancellationToken.None);
        _node.Dispose();
        _database.Dispose();
    }

    private static string Name(int tenant) => string.Create(CultureInfo.InvariantCulture, $"tenant-{tenant:d2}");

    private static TenantSchedule Tenant(string folder, int number) =>
        new()
        {
            Name = Name(number),
            Home = Path.Combine(folder, Name(number)),
            Registry = Path.Combine(folder, Name(number), "adapters"),
            Logs = [],
            // Once a year: no night of its own comes in between.
            Cron = "0 30 1 29 2 ?",
            Zone = TimeZoneInfo.Utc,
            Windows = OffPeakWindows.Always(TimeZoneInfo.Utc),
            Settings = new NightSettings { BasePath = "base.gguf" },
        };
}
