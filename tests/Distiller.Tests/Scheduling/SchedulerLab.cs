using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Hangfire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distiller.Tests.Scheduling;

/// <summary>A real scheduler over a real SQLite file, with a clock that the test moves.</summary>
internal sealed class SchedulerLab : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly RunDatabase _database;
    private readonly Wake _wake = new();
    private SchedulerNode? _node;

    public SchedulerLab()
    {
        _database = RunDatabase.Sqlite(_folder["distiller.db"]);
        Store = new RunStore(_database, Clock);
        Commands = new RunCommands(Store, Clock, _ => _wake.Call());
        Runner = Steps;
    }

    /// <summary>Midnight; nights are due at 01:30.</summary>
    public static DateTimeOffset Midnight { get; } = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    public MovedClock Clock { get; } = new(Midnight);

    public ScriptedSteps Steps { get; } = new();

    public IStepRunner Runner { get; set; }

    /// <summary>Of the server that was started last: it is lost with it.</summary>
    public JobStorage Jobs { get; private set; } = null!;

    public RunStore Store { get; }

    public RunCommands Commands { get; }

    public string InFolder(string name) => _folder[name];

    public static OffPeakWindows Window(int from, int to) =>
        new(TimeZoneInfo.Utc, [new OffPeakWindow(TimeSpan.FromHours(from), TimeSpan.FromHours(to), Weekdays.All)], []);

    public TenantSchedule Tenant(string name, OffPeakWindows? windows = null) =>
        new()
        {
            Name = name,
            Home = _folder[name],
            Registry = Path.Combine(_folder[name], "adapters"),
            Logs = [],
            Cron = "0 30 1 * * ?",
            Zone = TimeZoneInfo.Utc,
            Windows = windows ?? OffPeakWindows.Always(TimeZoneInfo.Utc),
            Settings = new NightSettings { BasePath = "base.gguf" },
            Retries = 2,
            RetryDelay = TimeSpan.FromMinutes(10),
        };

    public async Task StartAsync(params TenantSchedule[] tenants)
    {
        await Store.PrepareAsync();
        var before = await Store.Nodes.ListAsync() is [var known, ..] ? known.Started : (DateTimeOffset?)null;
        Jobs = StepStorage.Open(_database, TimeSpan.FromSeconds(30));
        _node = new SchedulerNode(
            new NodeOptions { Name = "here", LookEvery = TimeSpan.FromMilliseconds(100) },
            new NightSchedule(tenants, null, []),
            Store,
            Runner,
            Clock,
            _wake,
            new HealthBoard(Clock),
            NullLoggerFactory.Instance,
            Jobs
        );
        await _node.StartAsync(CancellationToken.None);
        await UntilAsync(async () =>
            (await Store.Nodes.ListAsync()).Any(n => n.Started != before)
            && (await Store.Tenants.ListAsync()).Count == tenants.Length
        );
    }

    public async Task StopAsync()
    {
        if (_node is not null)
        {
            await _node.StopAsync(CancellationToken.None);
            _node.Dispose();
            _node = null;
            ((IDisposable)Jobs).Dispose();
        }
    }

    public async Task<Run> RunAsync(string id) => (await Store.FindAsync(id)).ShouldNotBeNull();

    public async Task<Run> UntilAsync(string id, RunState state)
    {
        Run? run = null;
        await UntilAsync(
            async () => (run = await Store.FindAsync(id))?.State == state,
            () => $"{id} should be {state}, and is {run?.State}: {run?.Reason}"
        );
        return run!;
    }

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string>? otherwise = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Deadline)
            {
                Assert.Fail(otherwise?.Invoke() ?? "What was waited for did not come.");
            }

            await Task.Delay(30);
        }
    }

    /// <summary>Long enough for the scheduler to look a few times and do what it should not.</summary>
    public static Task LetItLookAsync() => Task.Delay(TimeSpan.FromSeconds(2.5));

    public async Task<IReadOnlyList<Run>> AllAsync() => await Store.ListAsync(new RunQuery());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _database.Dispose();
        _folder.Dispose();
    }
}
