using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Looks for what is left undone: commands, runs that were asked for elsewhere and have no alarm, runs whose machine is gone,
/// nights that a moved clock would lose. Doing it twice, or on two machines, does no harm.
/// </summary>
internal sealed class Sweep(
    NodeOptions node,
    NightSchedule schedule,
    RunStore store,
    StepQueue queue,
    StepExecutor executor,
    StepDispatcher dispatcher,
    TimeProvider time
)
{
    private const int ActiveMax = 1_000;

    private readonly Dictionary<string, DateTimeOffset?> _nextDue = new(StringComparer.Ordinal);

    /// <summary>Tells the schedule to the store and to Quartz.</summary>
    public async Task BeginAsync(Alarms alarms, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var tenant in schedule.Tenants)
        {
            await alarms.SetAsync(tenant, now, cancellation);
        }

        await store.Tenants.SetAsync(
            [
                .. schedule.Tenants.Select(t => new TenantStatus(
                    t.Name,
                    t.Home,
                    t.Registry,
                    t.Settings.BasePath,
                    t.When,
                    t.Zone.Id,
                    t.Windows.ToString(),
                    t.DueAfter(now),
                    IsHeld: false
                )),
            ],
            cancellation
        );
        await alarms.KeepOnlyAsync([.. schedule.Tenants.Select(t => t.Name)], cancellation);
    }

    public async Task LookAsync(Alarms alarms, CancellationToken cancellation)
    {
        await executor.Watch.LookAsync(cancellation);
        var commands = new PendingCommands(store, queue, time);
        foreach (var run in await store.WithCommandAsync(cancellation))
        {
            if (run.State is not RunState.Running && !executor.IsExecuting(run.Id))
            {
                await commands.ApplyAsync(alarms, run.Id, cancellation);
            }
        }

        foreach (var run in await ActiveAsync(cancellation))
        {
            if (executor.IsExecuting(run.Id) || run.IsHeldByPerson)
            {
                continue;
            }

            if (run.State is RunState.Running)
            {
                await TakeUpAsync(alarms, run, cancellation);
            }
            else if (run.Due > time.GetUtcNow() || !dispatcher.IsHandedOver(run))
            {
                await alarms.SetAsync(run, run.Step, run.Due, cancellation);
            }
        }

        foreach (var tenant in schedule.Tenants)
        {
            var next = await alarms.SetAsync(tenant, time.GetUtcNow(), cancellation);
            if (!_nextDue.TryGetValue(tenant.Name, out var known) || known != next)
            {
                await store.Tenants.SetNextDueAsync(tenant.Name, next, cancellation);
                _nextDue[tenant.Name] = next;
            }
        }
    }

    /// <summary>What this machine left when it was killed, or a machine that is gone.</summary>
    private async Task TakeUpAsync(Alarms alarms, Run run, CancellationToken cancellation)
    {
        if (run.Node == node.Name)
        {
            // Nobody else would: to the others this machine lives, and the run with it.
            await dispatcher.DispatchAsync(alarms, run.Id, cancellation);
        }
        else if (!executor.Watch.IsAlive(run.Node) && !dispatcher.IsWaiting(run))
        {
            await alarms.SetAsync(run, run.Step, run.Updated, cancellation);
        }
    }

    private Task<IReadOnlyList<Run>> ActiveAsync(CancellationToken cancellation) =>
        store.ListAsync(
            new RunQuery(null, ActiveMax, 0, RunState.Running, RunState.Waiting, RunState.Paused, RunState.Retrying),
            cancellation
        );
}
