using Distiller.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Quartz over the runs' database: SQLite for this machine alone, PostgreSQL with clustering.</summary>
internal sealed class QuartzHost : IAsyncDisposable
{
    // What it takes a machine to notice that the clock was moved, or that another machine has set an alarm.
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(1);

    /// <summary>Nights that only add a row need threads beside the steps.</summary>
    private const int SpareThreads = 2;

    private readonly ServiceProvider _services;

    private QuartzHost(ServiceProvider services, IScheduler scheduler) =>
        (_services, Scheduler) = (services, scheduler);

    public IScheduler Scheduler { get; }

    /// <summary>Creates the tables that are missing. Nothing fires before <see cref="IScheduler.Start"/>.</summary>
    public static async Task<QuartzHost> OpenAsync(
        NodeOptions node,
        RunDatabase database,
        NightStarter starter,
        StepCarrier carrier,
        TimeProvider time,
        ILoggerFactory logs,
        CancellationToken cancellation
    )
    {
        var services = new ServiceCollection();
        services.AddSingleton(logs);
        services.AddLogging();
        services.AddSingleton(starter);
        // Made elsewhere and disposed of there.
        services.AddSingleton(_ => carrier);
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
            quartz.UseDefaultThreadPool(node.Gpus + node.CpuSteps + SpareThreads);
            quartz.ServeExecutionGroups([.. node.Roles, "_"]);
            quartz.UseExecutionLimits(limits =>
                limits.ForGroup(NodeOptions.Gpu, node.Gpus).ForGroup(NodeOptions.Cpu, node.CpuSteps)
            );
            quartz.UsePersistentStore(store =>
            {
                if (database.IsPostgres)
                {
                    store.UsePostgres(database.ConnectionString);
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = node.CheckIn;
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
        // Whoever was at work had its time to leave.
        await Scheduler.Shutdown(waitForJobsToComplete: false, CancellationToken.None);
        await _services.DisposeAsync();
    }
}
