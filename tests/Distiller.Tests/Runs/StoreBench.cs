using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

/// <summary>An empty database of one of both kinds, and any number of machines that share it.</summary>
internal sealed class StoreBench : IDisposable
{
    public const string Sqlite = "SQLite";
    public const string Postgres = "PostgreSQL";

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 1, 30, 0, TimeSpan.Zero);

    private readonly string? _connection;
    private readonly TemporaryFolder _folder = new();
    private readonly List<RunDatabase> _databases = [];

    public StoreBench(string kind, bool prepared = true)
    {
        _connection = kind == Postgres ? PostgresServer.Started.CreateDatabase() : null;
        Store = Machine();
        Commands = new RunCommands(Store, Clock);
        if (prepared)
        {
            Store.PrepareAsync().GetAwaiter().GetResult();
        }
    }

    public FakeTimeProvider Clock { get; } = new(Now);

    public RunStore Store { get; }

    public RunCommands Commands { get; }

    /// <summary>One more machine's store.</summary>
    public RunStore Machine()
    {
        var database = _connection is null
            ? RunDatabase.Sqlite(_folder[".serve/distiller.db"])
            : RunDatabase.Postgres(_connection);
        _databases.Add(database);
        return new RunStore(database, Clock);
    }

    public Task AddTenantAsync(string name) =>
        Store.Tenants.SetAsync([new TenantStatus(name, $"/h/{name}", "/r", "/b", "01:30", "UTC", "", Now, false)]);

    public static Run ARun(string tenant = "north", int n = 1, DateTimeOffset? due = null) =>
        RunCommands.NewRun(tenant, new DateOnly(2026, 11, 22), n, "schedule", due ?? Now);

    /// <summary>Does the same on so many machines at once.</summary>
    public async Task<T[]> AtOnceAsync<T>(int machines, Func<RunStore, int, Task<T>> work)
    {
        var stores = Enumerable.Range(0, machines).Select(_ => Machine()).ToList();
        using var gate = new Barrier(machines);
        return await Task.WhenAll(
            stores.Select(
                (store, i) =>
                    Task
                        .Factory.StartNew(
                            () =>
                            {
                                gate.SignalAndWait();
                                return work(store, i);
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                        .Unwrap()
            )
        );
    }

    public void Dispose()
    {
        _databases.ForEach(d => d.Dispose());
        _folder.Dispose();
    }
}
