using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard;

/// <summary>
/// A server's home as it looks after some weeks: two tenants with nights of every state, one of them with a real workspace
/// and a release, and one tenant without any night.
/// </summary>
internal sealed class DashboardWorld : IDisposable
{
    public const string Main = "halden";
    public const string Plain = "airline";
    public const string New = "quiet";
    public const string Running = "halden-20260320";
    public const string HeldBack = "halden-20260317";
    public const string Finished = "halden-20260319";
    public const string Failed = "airline-20260319";
    public const string Paused = "airline-20260320";

    private readonly TemporaryFolder _folder = new();
    private readonly RunDatabase _database;

    public DashboardWorld()
    {
        Directory.CreateDirectory(Home);
        _database = RunDatabase.Sqlite(DatabasePath);
        Store = new RunStore(_database, Clock);
        Workspace = new WorldWorkspace(Path.Combine(Home, "tenants", Main), Clock);
    }

    public SteadyClock Clock { get; } = new(new DateTimeOffset(2026, 3, 20, 1, 42, 0, TimeSpan.Zero));

    public string Home => _folder["home"];

    private string DatabasePath => Path.Combine(Home, ".serve", "distiller.db");

    public RunStore Store { get; }

    /// <summary>Of the tenant <see cref="Main"/>.</summary>
    public WorldWorkspace Workspace { get; }

    /// <summary>Before its first use: a folder lies where its file would be, so that it cannot be opened.</summary>
    public void TakeDatabaseAway() => Directory.CreateDirectory(DatabasePath);

    public void BringDatabaseBack() => Directory.Delete(DatabasePath);

    public async Task FillAsync()
    {
        await Store.PrepareAsync();
        await Store.Tenants.SetAsync([
            Tenant(Main, "01:30 every day, Europe/Berlin", "Europe/Berlin", "22:00 to 06:00, not on 2026-12-24", 21),
            Tenant(Plain, "20:30 Sunday to Thursday, America/New_York", "America/New_York", "", 21),
            Tenant(New, "03:00 every day, UTC", "Etc/UTC", "", 21),
        ]);
        Workspace.Fill();
        await new WorldNights(Store, Clock, Workspace).FillAsync();
        await Store.Nodes.BeatAsync(
            new RunNode("nodeA", ["cpu", "gpu"], "0.1.0", At(18, 20), Clock.Now.AddSeconds(-3))
        );
        await Store.Nodes.BeatAsync(new RunNode("nodeB", ["cpu"], "0.1.0", At(18, 20), Clock.Now.AddMinutes(-31)));
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    public static DateTimeOffset At(int day, int hour, int minute = 0) =>
        new(2026, 3, day, hour, minute, 0, TimeSpan.Zero);

    private static TenantStatus Tenant(string name, string schedule, string zone, string windows, int nextDay) =>
        new(
            name,
            $"tenants/{name}",
            $"tenants/{name}/adapters",
            "data/models/tiny/tiny.gguf",
            schedule,
            zone,
            windows,
            At(nextDay, 0, 30),
            IsHeld: false
        );
}
