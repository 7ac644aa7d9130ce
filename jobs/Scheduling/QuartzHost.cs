using Distiller.Jobs.Scheduling.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Quartz over the runs' database: SQLite for this machine alone, PostgreSQL with clustering.</summary>
internal sealed class QuartzHost : IAsyncDisposable
{
    // What it takes a machine to notice that the clock was moved, or that another machine has set an alarm.
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(1);

    /// <summary>Triggers only add rows and hand over steps; Hangfire's workers do what takes time.</summary>
    private const int Threads = 4;

    private readonly ServiceProvider _services;

    private QuartzHost(ServiceProvider services, IScheduler scheduler) =>
        (_services, Scheduler) = (services, scheduler);

    public IScheduler Scheduler { get; }

    /// <summary>Creates the tables that are missing. Nothing fires before <see cref="IScheduler.Start"/>.</summary>
    public static async Task<QuartzHost> OpenAsync(
        NodeOptions node,
        RunDatabase database,
        NightStarter starter,
        StepDispatcher dispatcher,
        TimeProvider time,
        ILoggerFactory logs,
        CancellationToken cancellation
    )
    {
        var services = new ServiceCollection();
        services.AddSingleton(logs);
        services.AddLogging();
        services.AddSingleton(starter);
        services.AddSingleton(dispatcher);
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "distiller";
                options.InstanceId = node.Name;
                options.IdleWaitTime = IdleWait;
                options.ShutdownJobInterruption = ShutdownJobInterruption.Never;
            });
            quartz.UseTimeProvider(time);
            quartz.UseDefaultThreadPool(Threads);
            quartz.UsePersistentStore(store =>
            {
                if (database.IsPostgres)
                {
                    store.UsePostgres(database.ConnectionString);
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = node.BeatEvery;
                        cluster.CheckinMisfireThreshold = node.CheckInMissed;
                    });
                }
                else
                {
                    store.UseSqlite(database.ConnectionString);
                }

                store.ProvisionSchema();
                store.ConfigureStore(options => options.MisfireHandlerFrequency = IdleWait);
            });
        });
        var provider = services.BuildServiceProvider();
        try
        {
            var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellation);
            return new QuartzHost(provider, scheduler);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.Shutdown(waitForJobsToComplete: false, CancellationToken.None);
        await _services.DisposeAsync();
    }
}
