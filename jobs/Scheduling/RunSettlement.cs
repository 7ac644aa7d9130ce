using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Where a run goes when a step has ended or may not begin. Moves its row by compare-and-set, after the alarm for a later
/// time was set.
/// </summary>
internal sealed class RunSettlement(NightSchedule schedule, RunStore store, RunPins pins, TimeProvider time)
{
    /// <summary>After how long a run looks again whether its tenant's other night is over.</summary>
    public static readonly TimeSpan BusyPause = TimeSpan.FromMinutes(1);

    /// <summary>Moves the run from the step that has ended to where its end leads.</summary>
    /// <param name="why">Why the step was asked to leave, if it was.</param>
    /// <param name="closes">When the window that it ran in closed, or will.</param>
    /// <param name="serverStops">Whether the step left because this server stops.</param>
    /// <returns>The run as it was left; null: another machine has taken it over.</returns>
    public Task<Run?> SettleAsync(
        Alarms alarms,
        Run run,
        TenantSchedule tenant,
        StepEnd end,
        LeaveReason why,
        DateTimeOffset? closes,
        bool serverStops
    ) =>
        end.Kind switch
        {
            StepEndKind.Finished when run.Step is RunStep.Judge => FinishAsync(alarms, run, end),
            StepEndKind.Finished => MoveAsync(run, r => r.NextStep(run.Step + 1, end.Handover!, time.GetUtcNow())),
            StepEndKind.FailedForNow when run.Attempt <= tenant.Retries => TryAgainAsync(alarms, run, tenant, end),
            StepEndKind.FailedForNow or StepEndKind.FailedForGood => FailAsync(alarms, run.Id, run.Job!, end.Reason),
            _ => why switch
            {
                LeaveReason.Window => LeaveToWindowAsync(alarms, run, tenant, closes ?? time.GetUtcNow()),
                LeaveReason.Command => ApplyCommandAsync(alarms, run),
                _ => LeaveToNextAsync(run, serverStops),
            },
        };

    private async Task<Run?> FinishAsync(Alarms alarms, Run run, StepEnd end)
    {
        var figures = end.Figures ?? throw new InvalidOperationException("The last step tells the night's figures.");
        var moved = await MoveAsync(run, r => r.Finished(figures, time.GetUtcNow()));
        await EndAsync(alarms, run);
        return moved;
    }

    private async Task<Run?> TryAgainAsync(Alarms alarms, Run run, TenantSchedule tenant, StepEnd end)
    {
        var again = time.GetUtcNow() + tenant.RetryDelay * Math.Pow(2, run.Attempt - 1);
        await alarms.SetAsync(run, run.Step, again);
        return await MoveAsync(run, r => r.FailedForNow(end.Reason, again, tenant.Zone), "warning");
    }

    /// <summary>Ends the run as failed, if it was handed to this job.</summary>
    public async Task<Run?> FailAsync(Alarms alarms, string id, string job, string reason)
    {
        var failed = await store.ChangeAsync(
            id,
            r => !r.IsOver && r.Job == job ? r.Failed(reason, time.GetUtcNow()) : null
        );
        if (failed is not null)
        {
            await store.Log.AddAsync(id, "error", failed.Reason);
            await EndAsync(alarms, failed);
        }

        return failed;
    }

    /// <summary>Lets the run wait for its tenant's next off-peak window.</summary>
    /// <param name="closed">When the window closed; null: it was closed when the run was to begin.</param>
    public async Task<Run?> LeaveToWindowAsync(Alarms alarms, Run run, TenantSchedule tenant, DateTimeOffset? closed)
    {
        var opens = tenant.Windows.OpensAt(time.GetUtcNow());
        if (opens is { } next)
        {
            await alarms.SetAsync(run, run.Step, next);
        }

        return await MoveAsync(run, r => r.OutsideWindow(closed, opens, tenant.Zone));
    }

    private async Task<Run?> ApplyCommandAsync(Alarms alarms, Run run)
    {
        var moved = await MoveAsync(
            run,
            r => r.Command is RunCommand.Cancel ? r.Cancelled(time.GetUtcNow()) : r.PausedByPerson()
        );
        if (moved is { IsOver: true })
        {
            await EndAsync(alarms, run);
        }

        return moved;
    }

    /// <summary>The server stops, or somebody ended the process from outside: whoever comes next goes on.</summary>
    private Task<Run?> LeaveToNextAsync(Run run, bool serverStops)
    {
        var reason = serverStops
            ? "the server was stopped; goes on when it starts"
            : "its process was asked to leave; goes on at once";
        return MoveAsync(run, r => r.WaitingFor(reason, time.GetUtcNow()));
    }

    /// <summary>Forgets the run's alarms and lets the tenant's next night, if one waits for it, begin.</summary>
    private async Task EndAsync(Alarms alarms, Run run)
    {
        if (schedule.Tenants.FirstOrDefault(t => t.Name == run.Tenant) is { } tenant)
        {
            await pins.RenewAsync(tenant);
        }

        await alarms.ForgetAsync(run.Id);
        var waiting = await store.ListAsync(new RunQuery(run.Tenant, 100, 0, RunState.Waiting));
        foreach (var next in waiting.Where(r => r.Due <= time.GetUtcNow() + BusyPause))
        {
            var now = time.GetUtcNow();
            await alarms.SetAsync(next, next.Step, now);
            await MoveAsync(next, r => r.WaitingFor("waiting for a machine", now));
        }
    }

    /// <summary>Moves the row unless somebody moved it to another state or machine meanwhile.</summary>
    public async Task<Run?> MoveAsync(Run from, Func<Run, Run> move, string level = "info")
    {
        var moved = await store.ChangeAsync(
            from.Id,
            r => r.State == from.State && r.Node == from.Node && move(r) is var to && to != r ? to : null
        );
        if (moved is not null)
        {
            await store.Log.AddAsync(from.Id, level, moved.Reason);
        }

        return moved;
    }
}

/// <summary>Why a step was asked to leave before it was done.</summary>
internal enum LeaveReason
{
    None,

    /// <summary>The off-peak window closed.</summary>
    Window,

    /// <summary>A person commands it.</summary>
    Command,

    /// <summary>Another machine took the run over: it is no longer this one's to say anything about.</summary>
    TakenOver,
}
