using Distiller.Jobs.Scheduling.Store;
using Hangfire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// One machine of the scheduler. Starts without its database, says so, and begins when that is there. Asked to stop, it lets
/// the steps under way leave at their checkpoints.
/// </summary>
/// <param name="wake">Called when somebody on this machine asks for something.</param>
/// <param name="health">Told when the node is not ready.</param>
/// <param name="storage">Where Hangfire keeps its jobs, if somebody else shows them; null: the node's own (<see cref="StepStorage"/>).</param>
public sealed partial class SchedulerNode(
    NodeOptions node,
    NightSchedule schedule,
    RunStore store,
    IStepRunner runner,
    TimeProvider time,
    Wake wake,
    HealthBoard health,
    ILoggerFactory logs,
    JobStorage? storage = null
) : BackgroundService
{
    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(2);

    /// <summary>A step gets 4 s to write its checkpoint; then its end has to be written down.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(10);

    private const string Part = "scheduler";

    private readonly ILogger _log = logs.CreateLogger<SchedulerNode>();
    private Exception? _beatFault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        health.NotReady(Part, "has not started yet");
        Hangfire.Logging.LogProvider.SetCurrentLogProvider(new HangfireLog(logs));
        var own = storage is null ? StepStorage.Open(store.Database, node.DeadAfter) : null;
        var queue = new StepQueue(storage ?? own!);
        using var executor = new StepExecutor(node, schedule, store, queue, runner, time, wake);
        var dispatcher = new StepDispatcher(store, queue, executor);
        try
        {
            await using var quartz = await OpenAsync(dispatcher, stoppingToken);
            var alarms = new Alarms(quartz.Scheduler);
            var sweep = new Sweep(node, schedule, store, queue, executor, dispatcher, time);
            var beating = BeatAsync(stoppingToken);
            StepServers? servers = null;
            try
            {
                servers = await BeginAsync(quartz, sweep, alarms, queue, executor, stoppingToken);
                await CarryOnAsync(sweep, alarms, stoppingToken);
            }
            finally
            {
                await quartz.Scheduler.Standby(CancellationToken.None);
                await executor.LeaveAsync(LeaveMax);
                if (servers is not null)
                {
                    await servers.DisposeAsync();
                }

                await beating;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Stopped(_log, node.Name);
        }
        finally
        {
            (own as IDisposable)?.Dispose();
        }
    }

    private async Task<QuartzHost> OpenAsync(StepDispatcher dispatcher, CancellationToken stopping)
    {
        var said = false;
        while (true)
        {
            try
            {
                await store.PrepareAsync(stopping);
                await StepStorage.PrepareAsync(store.Database, stopping);
                var starter = new NightStarter(schedule, store, time);
                return await QuartzHost.OpenAsync(node, store.Database, starter, dispatcher, time, logs, stopping);
            }
            catch (Exception e) when (DatabaseRetry.IsTransient(e))
            {
                health.NotReady(Part, DatabaseRetry.Why(e, store.Database.Place));
                if (!said)
                {
                    DatabaseAway(_log, DatabaseRetry.Why(e, store.Database.Place), e.Message);
                    said = true;
                }

                await Task.Delay(DatabasePause, stopping);
            }
        }
    }

    /// <summary>The heartbeat: independent of the other work of this machine, until cancellation.</summary>
    private async Task BeatAsync(CancellationToken stopping)
    {
        var started = time.GetUtcNow();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await store.Nodes.BeatAsync(
                    new RunNode(node.Name, node.Roles, ToolVersion.Number, started, time.GetUtcNow()),
                    stopping
                );
                Volatile.Write(ref _beatFault, null);
                await Task.Delay(node.BeatEvery, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (DatabaseRetry.IsTransient(e))
            {
                // The sweep meets the same fault and reports it; the heartbeat only tries again.
                Volatile.Write(ref _beatFault, e);
                await Task.WhenAny(Task.Delay(node.LookEvery, stopping));
            }
        }
    }

    private async Task<StepServers> BeginAsync(
        QuartzHost quartz,
        Sweep sweep,
        Alarms alarms,
        StepQueue queue,
        StepExecutor executor,
        CancellationToken stopping
    )
    {
        await LookUntilDoneAsync(
            async () =>
            {
                await sweep.BeginAsync(alarms, stopping);
                await sweep.LookAsync(alarms, stopping);
                await quartz.Scheduler.Start(stopping);
            },
            stopping
        );
        var servers = queue.Serve(node, () => new NightStep(executor, alarms));
        health.Well(Part);
        Started(_log, node.Name, string.Join(", ", node.Roles), schedule.Tenants.Count);
        return servers;
    }

    private async Task CarryOnAsync(Sweep sweep, Alarms alarms, CancellationToken stopping)
    {
        while (true)
        {
            await wake.WaitAsync(node.LookEvery, cancellation: stopping);
            await LookUntilDoneAsync(() => sweep.LookAsync(alarms, stopping), stopping);
        }
    }

    /// <summary>Tries again while the database is away, and says so once.</summary>
    private async Task LookUntilDoneAsync(Func<Task> look, CancellationToken stopping)
    {
        var isAway = false;
        while (true)
        {
            try
            {
                await look();
                if (Volatile.Read(ref _beatFault) is { } fault)
                {
                    throw fault;
                }

                if (isAway)
                {
                    DatabaseBack(_log, store.Database.Place);
                    health.Well(Part);
                }

                return;
            }
            catch (Exception e) when (DatabaseRetry.IsTransient(e))
            {
                if (!isAway)
                {
                    health.NotReady(Part, DatabaseRetry.Why(e, store.Database.Place));
                    DatabaseAway(_log, DatabaseRetry.Why(e, store.Database.Place), e.Message);
                    isAway = true;
                }
            }
            catch (SchedulerException e)
            {
                // Another machine or thread changed the same alarm. The next sweep sets it if it is still needed.
                NotSet(_log, e.Message);
                return;
            }

            await wake.WaitAsync(node.LookEvery, cancellation: stopping);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Scheduler {Node} ({Roles}) carries out nights of {Tenants} tenants."
    )]
    private static partial void Started(ILogger logger, string node, string roles, int tenants);

    [LoggerMessage(Level = LogLevel.Information, Message = "Scheduler {Node} has stopped.")]
    private static partial void Stopped(ILogger logger, string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is scheduled for now: {Why} ({Reason}).")]
    private static partial void DatabaseAway(ILogger logger, string why, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Quartz refused an alarm: {Reason}")]
    private static partial void NotSet(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Place} is back.")]
    private static partial void DatabaseBack(ILogger logger, string place);
}
