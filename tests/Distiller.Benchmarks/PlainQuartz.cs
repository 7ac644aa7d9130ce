using System.Collections.Concurrent;
using System.Globalization;
using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Distiller.Benchmarks;

/// <summary>Quartz by itself: its persistent store over SQLite, set as the scheduler's is.</summary>
internal sealed class PlainQuartz : IAsyncDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _began;
    private readonly ServiceProvider _services;
    private readonly IScheduler _scheduler;
    private int _jobs;

    private PlainQuartz(
        ServiceProvider services,
        IScheduler scheduler,
        ConcurrentDictionary<string, DateTimeOffset> began
    ) => (_services, _scheduler, _began) = (services, scheduler, began);

    public static async Task<PlainQuartz> OpenAsync(string folder, int threads)
    {
        using var database = RunDatabase.Sqlite(Path.Combine(folder, "plain.db"));
        // The journal is set as for the runs' database; the tables are not used.
        await new RunStore(database, TimeProvider.System).PrepareAsync();
        var began = new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(began);
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "plain";
                options.InstanceId = "here";
                options.IdleWaitTime = IdleWait;
            });
            quartz.UseDefaultThreadPool(threads);
            quartz.UsePersistentStore(store =>
            {
                store.UseSqlite(database.ConnectionString);
                store.ProvisionSchema();
                store.ConfigureStore(options => options.MisfireHandlerFrequency = IdleWait);
            });
        });
        var provider = services.BuildServiceProvider();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await scheduler.Start();
        return new PlainQuartz(provider, scheduler, began);
    }

    /// <returns>The names of the jobs, one per moment.</returns>
    public async Task<IReadOnlyList<string>> ScheduleAsync(IReadOnlyList<DateTimeOffset> due)
    {
        var names = new List<string>();
        foreach (var at in due)
        {
            var name = (_jobs++).ToString(CultureInfo.InvariantCulture);
            await _scheduler.ScheduleJob(
                JobBuilder.Create<PlainJob>().WithIdentity(name).Build(),
                TriggerBuilder.Create().WithIdentity(name).StartAt(at).Build()
            );
            names.Add(name);
        }

        return names;
    }

    public DateTimeOffset BeganAt(string name) => _began[name];

    /// <summary>Whether nothing is left in the store: a job that has no further trigger goes.</summary>
    public async Task<bool> IsDoneAsync() => (await _scheduler.QueryJobs(new JobQuery { Take = 1 })).Items.Count == 0;

    public async ValueTask DisposeAsync()
    {
        await _scheduler.Shutdown();
        await _services.DisposeAsync();
    }
}
