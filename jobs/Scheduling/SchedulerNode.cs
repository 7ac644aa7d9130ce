using Distiller.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// One machine of the scheduler. Starts without its database, says so, and begins when that is there. Asked to stop, it lets
/// the steps under way leave at their checkpoints.
/// </summary>
/// <param name="wake">Called when somebody on this machine asks for something.</param>
/// <param name="health">Told when the node is not ready.</param>
public sealed partial class SchedulerNode(
    NodeOptions node,
    NightSchedule schedule,
    RunStore store,
    IStepRunner runner,
    TimeProvider time,
    Wake wake,
    HealthBoard health,
    ILoggerFactory logs
) : BackgroundService
{
    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(2);

    /// <summary>A step gets 4 s to write its checkpoint; then its end has to be written down.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(10);

    private const string Part = "scheduler";

    private readonly ILogger _log = logs.CreateLogger<SchedulerNode>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        health.NotReady(Part, "has not started yet");
        using var carrier = new StepCarrier(node, schedule, store, runner, time, wake);
        try
        {
            await using var quartz = await OpenAsync(carrier, stoppingToken);
            try
            {
                await CarryOnAsync(quartz, carrier, stoppingToken);
            }
            finally
            {
                await quartz.Scheduler.Standby(CancellationToken.None);
                await carrier.LeaveAsync(LeaveMax);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Stopped(_log, node.Name);
        }
    }

    private async Task<QuartzHost> OpenAsync(StepCarrier carrier, CancellationToken stopping)
    {
        var said = false;
        while (true)
        {
            try
            {
                await store.PrepareAsync(stopping);
                var starter = new NightStarter(schedule, store, time);
                return await QuartzHost.OpenAsync(node, store.Database, starter, carrier, time, logs, stopping);
            }
            catch (Exception e) when (Patience.MayPass(e))
            {
                health.NotReady(Part, Patience.Why(e, store.Database.Place));
                if (!said)
                {
                    DatabaseAway(_log, Patience.Why(e, store.Database.Place), e.Message);
                    said = true;
                }

                await Task.Delay(DatabasePause, stopping);
            }
        }
    }

    private async Task CarryOnAsync(QuartzHost quartz, StepCarrier carrier, CancellationToken stopping)
    {
        var alarms = new Alarms(quartz.Scheduler);
        var sweep = new Sweep(node, schedule, store, carrier, time);
        var (began, isAway) = (false, false);
        var started = time.GetUtcNow();
        long? beat = null;
        while (true)
        {
            try
            {
                if (beat is not { } last || time.GetElapsedTime(last) >= node.BeatEvery)
                {
                    await store.Nodes.BeatAsync(
                        new RunNode(node.Name, node.Roles, ToolVersion.Number, started, time.GetUtcNow()),
                        stopping
                    );
                    beat = time.GetTimestamp();
                }

                if (!began)
                {
                    await sweep.BeginAsync(alarms, stopping);
                }

                await sweep.LookAsync(alarms, stopping);
                if (!began)
                {
                    await quartz.Scheduler.Start(stopping);
                    began = true;
                    health.Well(Part);
                    Started(_log, node.Name, string.Join(", ", node.Roles), schedule.Tenants.Count);
                }

                if (isAway)
                {
                    DatabaseBack(_log, store.Database.Place);
                    health.Well(Part);
                    isAway = false;
                }
            }
            catch (Exception e) when (Patience.MayPass(e))
            {
                if (!isAway)
                {
                    health.NotReady(Part, Patience.Why(e, store.Database.Place));
                    DatabaseAway(_log, Patience.Why(e, store.Database.Place), e.Message);
                    isAway = true;
                }
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

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Place} is back.")]
    private static partial void DatabaseBack(ILogger logger, string place);
}
