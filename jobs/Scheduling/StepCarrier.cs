using System.Collections.Concurrent;
using Distiller.Runs;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Carries out a run's step when its alarm goes off. Everything it does follows from the run's row and from the clock; it
/// moves the row by compare-and-set, and sets the next alarm before it does, so that a machine that dies in between
/// leaves either the old state or the new one with its alarm.
/// </summary>
internal sealed class StepCarrier(
    NodeOptions node,
    NightSchedule schedule,
    RunStore store,
    IStepRunner runner,
    TimeProvider time,
    Wake wake
) : IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Task> _carried = new(StringComparer.Ordinal);
    private readonly GpuSlots _gpus = new(node.Gpus);
    private readonly RunPins _pins = new(store);
    private readonly NodeWatch _watch = new(store, node, time);
    private readonly CancellationTokenSource _leave = new();
    private readonly CancellationTokenSource _giveUp = new();

    /// <summary>Which machines live.</summary>
    public NodeWatch Watch => _watch;

    public bool IsCarrying(string run) => _carried.ContainsKey(run);

    /// <summary>Asks the steps under way to leave at a checkpoint and waits for them, but not for ever.</summary>
    public async Task LeaveAsync(TimeSpan atMost)
    {
        await _leave.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_carried.Values), Task.Delay(atMost));
        await _giveUp.CancelAsync();
    }

    public async Task CarryAsync(Alarms alarms, string id, bool recovering, CancellationToken cancellation)
    {
        var over = new TaskCompletionSource();
        if (_leave.IsCancellationRequested || !_carried.TryAdd(id, over.Task))
        {
            return;
        }

        try
        {
            await CarryAloneAsync(alarms, id, recovering, cancellation);
        }
        finally
        {
            _carried.TryRemove(id, out _);
            over.SetResult();
        }
    }

    public void Dispose()
    {
        _leave.Dispose();
        _giveUp.Dispose();
    }

    private async Task CarryAloneAsync(Alarms alarms, string id, bool recovering, CancellationToken cancellation)
    {
        var run = await store.FindAsync(id, cancellation);
        if (run is null or { IsOver: true, Wish: RunWish.None })
        {
            await alarms.ForgetAsync(id, cancellation);
            return;
        }

        var elsewhere = run.State is RunState.Running && run.Node != node.Name;
        if (elsewhere && !recovering && _watch.IsAlive(run.Node))
        {
            return;
        }

        if (run.Wish is not RunWish.None)
        {
            await new Wishes(store, time).ObeyAsync(alarms, id, cancellation);
            return;
        }

        if (run.IsHeldByPerson)
        {
            return;
        }

        var now = time.GetUtcNow();
        if (run.State is not RunState.Running && run.Due > now + Early)
        {
            // The clock was set back, or the alarm was meant for an earlier state.
            await alarms.SetAsync(run, run.Step, run.Due, cancellation);
            return;
        }

        if (!node.Roles.Contains(NodeOptions.RoleOf(run.Step), StringComparer.Ordinal))
        {
            // What a dead machine left comes to any other one, whatever its role.
            await alarms.SetAsync(run, run.Step, run.State is RunState.Running ? run.Updated : run.Due, cancellation);
            return;
        }

        if (schedule.Tenants.FirstOrDefault(t => t.Name == run.Tenant) is not { } tenant)
        {
            await MoveAsync(run, r => r.WaitingFor($"the schedule has no tenant '{run.Tenant}' any more", now));
            return;
        }

        if (!tenant.Windows.IsOpen(now))
        {
            await store.Stages.InterruptedAsync(id, RunState.Paused, cancellation: cancellation);
            await LeaveToWindowAsync(alarms, run, tenant, null);
            return;
        }

        if (await BusyWithAsync(run, cancellation) is { } other)
        {
            var later = now + BusyPause;
            await alarms.SetAsync(run, run.Step, later, cancellation);
            await MoveAsync(run, r => r.WaitingFor($"the night {other.Id} is not over ({other.Reason})", later));
            return;
        }

        if (run.State is RunState.Running)
        {
            await store.Stages.InterruptedAsync(id, RunState.Paused, cancellation: cancellation);
            await store.Log.AddAsync(
                id,
                "warning",
                $"taken over from {run.Node}, which left it unfinished",
                cancellation
            );
        }

        var pinned = await _pins.RenewAsync(tenant, cancellation);
        var begun = await store.ChangeAsync(
            id,
            r => r.Updated == run.Updated ? r.Begun(node.Name, now) : null,
            cancellation
        );
        if (begun is not null)
        {
            await CarryOutAsync(alarms, begun, tenant, pinned);
        }
    }

    /// <summary>A tenant's nights follow one another: a second one would work in the same workspace.</summary>
    private async Task<Run?> BusyWithAsync(Run run, CancellationToken cancellation)
    {
        var active = await store.ListAsync(
            new RunQuery(run.Tenant, 100, 0, RunState.Running, RunState.Paused, RunState.Retrying, RunState.Waiting),
            cancellation
        );
        return active.FirstOrDefault(r =>
            r.Id != run.Id && (r.State is RunState.Running || (r.Started is not null && run.Started is null))
        );
    }

    private async Task CarryOutAsync(Alarms alarms, Run run, TenantSchedule tenant, IReadOnlyList<string> pinned)
    {
        var patience = new Patience(_giveUp.Token);
        var recorder = new StepRecorder(store, run.Id, node.Name, time, patience);
        recorder.Tell(new StepMessage(StepMessageKind.Log) { Text = run.Reason });
        var writing = recorder.WriteAsync();
        var order = new StepOrder(
            run.Id,
            run.Tenant,
            run.Night,
            run.Step,
            tenant.Home,
            tenant.Registry,
            tenant.Logs,
            tenant.Settings,
            run.Handover,
            (time.GetUtcNow() - TimeProvider.System.GetUtcNow()).TotalSeconds,
            tenant.Trial
        )
        {
            Retention = tenant.Retention,
            Pinned = pinned,
        };
        var gpu = run.Step is RunStep.Train ? _gpus.Take() : null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_leave.Token);
        var closes = tenant.Windows.ClosesAt(time.GetUtcNow());
        var why = LeaveReason.None;
        StepEnd end;
        try
        {
            var working = runner.RunAsync(order, recorder.Tell, gpu, stop.Token);
            while (!working.IsCompleted)
            {
                await wake.WaitAsync(node.LookEvery, working, CancellationToken.None);
                why = why is LeaveReason.None ? await LookAsync(run, tenant, recorder) : why;
                if (why is not LeaveReason.None)
                {
                    await stop.CancelAsync();
                }
            }

            end = await working;
        }
        finally
        {
            _gpus.Return(gpu);
            recorder.Complete();
        }

        var worked = recorder.Worked;
        await writing;
        if (why is LeaveReason.TakenOver)
        {
            return;
        }

        if (worked is not null)
        {
            // A stage that may fail without the night is left by a step that finished; its warning stands in the log.
            var left = end.Kind is StepEndKind.Stopped ? RunState.Paused : RunState.Failed;
            await patience.UntilDoneAsync(() => store.Stages.InterruptedAsync(run.Id, left, worked));
        }

        // Before: the alarm of the next step goes off at once, and finds this run no longer carried.
        await patience.UntilDoneAsync(() => _pins.RenewAsync(tenant));
        await patience.UntilDoneAsync(() => SettleAsync(alarms, run, tenant, end, why, closes));
    }

    /// <summary>Writes the progress, and finds out whether the step has to leave.</summary>
    private async Task<LeaveReason> LookAsync(Run run, TenantSchedule tenant, StepRecorder recorder)
    {
        if (!tenant.Windows.IsOpen(time.GetUtcNow()))
        {
            return LeaveReason.Window;
        }

        try
        {
            await recorder.WriteProgressAsync();
            var now = await store.FindAsync(run.Id);
            return now is not { State: RunState.Running } || now.Node != node.Name ? LeaveReason.TakenOver
                : now.Wish is RunWish.Pause or RunWish.Cancel ? LeaveReason.Wish
                : LeaveReason.None;
        }
        catch (Exception e) when (Patience.MayPass(e))
        {
            return LeaveReason.None; // The step does not need the database; the next look may find it again.
        }
    }

    private Task SettleAsync(
        Alarms alarms,
        Run run,
        TenantSchedule tenant,
        StepEnd end,
        LeaveReason why,
        DateTimeOffset? closes
    ) =>
        end.Kind switch
        {
            StepEndKind.Finished when run.Step is RunStep.Judge => FinishAsync(alarms, run, end),
            StepEndKind.Finished => GoOnAsync(alarms, run, end.Handover!),
            StepEndKind.FailedForNow when run.Attempt <= tenant.Retries => TryAgainAsync(alarms, run, tenant, end),
            StepEndKind.FailedForNow or StepEndKind.FailedForGood => FailAsync(alarms, run, end),
            _ => why switch
            {
                LeaveReason.Window => LeaveToWindowAsync(alarms, run, tenant, closes ?? time.GetUtcNow()),
                LeaveReason.Wish => ObeyAsync(alarms, run),
                _ => LeaveToNextAsync(alarms, run),
            },
        };

    private async Task FinishAsync(Alarms alarms, Run run, StepEnd end)
    {
        await MoveAsync(
            run,
            r =>
                r.Finished(
                    end.Figures ?? throw new InvalidOperationException("The last step tells the night's figures."),
                    time.GetUtcNow()
                )
        );
        await EndAsync(alarms, run);
    }

    private async Task GoOnAsync(Alarms alarms, Run run, RunHandover handover)
    {
        var (next, now) = (run.Step + 1, time.GetUtcNow());
        await alarms.SetAsync(run, next, now);
        await MoveAsync(run, r => r.NextStep(next, handover, now));
    }

    private async Task TryAgainAsync(Alarms alarms, Run run, TenantSchedule tenant, StepEnd end)
    {
        var again = time.GetUtcNow() + tenant.RetryDelay * Math.Pow(2, run.Attempt - 1);
        await alarms.SetAsync(run, run.Step, again);
        await MoveAsync(run, r => r.FailedForNow(end.Reason, again, tenant.Zone), "warning");
    }

    private async Task FailAsync(Alarms alarms, Run run, StepEnd end)
    {
        await MoveAsync(run, r => r.Failed(end.Reason, time.GetUtcNow()), "error");
        await EndAsync(alarms, run);
    }

    private async Task LeaveToWindowAsync(Alarms alarms, Run run, TenantSchedule tenant, DateTimeOffset? closed)
    {
        var opens = tenant.Windows.OpensAt(time.GetUtcNow());
        if (opens is { } next)
        {
            await alarms.SetAsync(run, run.Step, next);
        }

        await MoveAsync(run, r => r.OutsideWindow(closed, opens, tenant.Zone));
    }

    private async Task ObeyAsync(Alarms alarms, Run run)
    {
        var moved = await MoveAsync(
            run,
            r => r.Wish is RunWish.Cancel ? r.Cancelled(time.GetUtcNow()) : r.PausedByPerson()
        );
        if (moved is { IsOver: true })
        {
            await EndAsync(alarms, run);
        }
    }

    /// <summary>The server stops, or somebody ended the process from outside: whoever comes next goes on.</summary>
    private async Task LeaveToNextAsync(Alarms alarms, Run run)
    {
        var now = time.GetUtcNow();
        await alarms.SetAsync(run, run.Step, now);
        var reason = _leave.IsCancellationRequested
            ? "the server was stopped; goes on when it starts"
            : "its process was asked to leave; goes on at once";
        await MoveAsync(run, r => r.WaitingFor(reason, now));
    }

    private async Task EndAsync(Alarms alarms, Run run)
    {
        if (schedule.Tenants.FirstOrDefault(t => t.Name == run.Tenant) is { } tenant)
        {
            await _pins.RenewAsync(tenant);
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
    private async Task<Run?> MoveAsync(Run from, Func<Run, Run> move, string level = "info")
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
