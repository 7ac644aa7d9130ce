using System.Collections.Concurrent;
using Distiller.Jobs.Scheduling.Store;
using Hangfire.Server;
using Hangfire.States;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Carries out a run's step. Everything it does follows from the run's row and from the clock; it moves the row by
/// compare-and-set. A run that waits for a later time gets its alarm before the row is moved, so that a machine that dies in
/// between leaves either the old state or the new one with its alarm.
/// </summary>
internal sealed class StepExecutor(
    NodeOptions node,
    NightSchedule schedule,
    RunStore store,
    StepQueue queue,
    IStepRunner runner,
    TimeProvider time,
    Wake wake
) : IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _executing = new(StringComparer.Ordinal);
    private readonly GpuSlots _gpus = new(node.Gpus);
    private readonly RunPins _pins = new(store);
    private readonly RunSettlement _settlement = new(schedule, store, new RunPins(store), time);
    private readonly NodeWatch _watch = new(store, node, time);
    private readonly CancellationTokenSource _leave = new();
    private readonly DatabaseRetry _retry = new();

    /// <summary>Which machines live.</summary>
    public NodeWatch Watch => _watch;

    /// <summary>Whether this machine is at work on the run.</summary>
    public bool IsExecuting(string run) => _executing.ContainsKey(run);

    /// <summary>Asks the steps under way to leave at a checkpoint and waits for them, but not for ever. No other begins.</summary>
    public async Task LeaveAsync(TimeSpan atMost)
    {
        await _leave.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_executing.Values), Task.Delay(atMost));
        await _retry.GiveUpAsync();
    }

    /// <summary>
    /// Carries out the step that a run is at, if it may begin and this job is the one that it was handed to, and tells
    /// Hangfire what became of it.
    /// </summary>
    /// <returns>What came of the run, where this was its last step.</returns>
    /// <exception cref="JobAbortedException">Hangfire is to leave the job's state as it is.</exception>
    public async Task<string?> ExecuteAsync(Alarms alarms, string id, string job)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_leave.IsCancellationRequested)
        {
            queue.Move(
                job,
                new ScheduledState(DateTime.UtcNow) { Reason = "the server was stopped; goes on when it starts" },
                ProcessingState.StateName
            );
            return null;
        }

        if (!_executing.TryAdd(id, over.Task))
        {
            // This machine carries the run out already, and that call reports its outcome.
            throw new JobAbortedException();
        }

        Run? begun = null;
        Run? left = null;
        try
        {
            try
            {
                begun = await _retry.UntilDoneAsync(() => BeginAsync(alarms, id, job));
                left = begun is null ? null : await CarryOutAsync(alarms, begun);
            }
            catch (Exception e) when (e is not OperationCanceledException && !_leave.IsCancellationRequested)
            {
                // An unexpected exception is a bug: a retry would hide it.
                var fault = $"{e.GetType().Name}: {e.Message}";
                left = await _retry.UntilDoneAsync(() => _settlement.FailAsync(alarms, id, job, fault));
            }

            // Hangfire is told while the run still counts as under way, so that this machine does not hand it over again meanwhile.
            await _retry.UntilDoneAsync(() => TellHangfireAsync(begun, left, id, job));
        }
        catch (OperationCanceledException) when (_retry.HasGivenUp)
        {
            throw new JobAbortedException();
        }
        finally
        {
            _executing.TryRemove(id, out _);
            over.SetResult();
        }

        if (left is { State: RunState.Waiting } && left.Due <= time.GetUtcNow() && !_leave.IsCancellationRequested)
        {
            // The alarm is set again, because one that fired while the run was under way was ignored.
            await _retry.UntilDoneAsync(() => alarms.SetAsync(left, left.Step, left.Due));
        }

        return left is { State: RunState.Finished } ? left.Reason : null;
    }

    /// <summary>
    /// Whether a run may begin its step now. One that may not is moved to where it waits, with its alarm and its reason.
    /// </summary>
    public async Task<Admission> AdmitAsync(Alarms alarms, string id, CancellationToken cancellation)
    {
        var run = await store.FindAsync(id, cancellation);
        if (run is null or { IsOver: true, Command: RunCommand.None })
        {
            await alarms.ForgetAsync(id, cancellation);
            return Admission.Refused;
        }

        if (run.State is RunState.Running && run.Node != node.Name && _watch.IsAlive(run.Node))
        {
            return Admission.Refused;
        }

        if (run.Command is not RunCommand.None)
        {
            await new PendingCommands(store, queue, time).ApplyAsync(alarms, id, cancellation);
            return Admission.Refused;
        }

        if (run.IsHeldByPerson)
        {
            return Admission.Refused;
        }

        var now = time.GetUtcNow();
        if (run.State is not RunState.Running && run.Due > now + Early)
        {
            // The clock was set back, or the alarm was meant for an earlier state.
            await alarms.SetAsync(run, run.Step, run.Due, cancellation);
            return Admission.Refused;
        }

        if (schedule.Tenants.FirstOrDefault(t => t.Name == run.Tenant) is not { } tenant)
        {
            return Waits(
                await _settlement.MoveAsync(
                    run,
                    r => r.WaitingFor($"the schedule has no tenant '{run.Tenant}' any more", r.Due)
                )
            );
        }

        if (!tenant.Windows.IsOpen(now))
        {
            await store.Stages.InterruptedAsync(id, RunState.Paused, cancellation: cancellation);
            return Waits(await _settlement.LeaveToWindowAsync(alarms, run, tenant, null));
        }

        if (await BusyWithAsync(run, cancellation) is { } other)
        {
            var later = now + RunSettlement.BusyPause;
            await alarms.SetAsync(run, run.Step, later, cancellation);
            return Waits(
                await _settlement.MoveAsync(
                    run,
                    r => r.WaitingFor($"the night {other.Id} is not over ({other.Reason})", later)
                )
            );
        }

        return new Admission(run, MayBegin: true, Moved: false);
    }

    public void Dispose()
    {
        _leave.Dispose();
        _retry.Dispose();
    }

    private static Admission Waits(Run? moved) => moved is null ? Admission.Refused : new Admission(moved, false, true);

    private async Task<Run?> BeginAsync(Alarms alarms, string id, string job)
    {
        var (run, mayBegin, _) = await AdmitAsync(alarms, id, CancellationToken.None);
        if (run is null || !mayBegin || run.Job != job)
        {
            return null;
        }

        if (run.State is RunState.Running)
        {
            await store.Stages.InterruptedAsync(id, RunState.Paused);
            await store.Log.AddAsync(id, "warning", $"taken over from {run.Node}, which left it unfinished");
        }

        var now = time.GetUtcNow();
        return await store.ChangeAsync(
            id,
            r => r.Updated == run.Updated && r.Job == job ? r.Begun(node.Name, now) : null
        );
    }

    /// <summary>The job's state as it follows from the run's row, before Hangfire would say "succeeded".</summary>
    /// <param name="begun">Null: it was not begun by this job.</param>
    /// <param name="left">Null: this job did not move it last.</param>
    /// <exception cref="JobAbortedException">Another machine carries out the same job.</exception>
    private async Task TellHangfireAsync(Run? begun, Run? left, string id, string job)
    {
        var run = left ?? await store.FindAsync(id);
        var state = run switch
        {
            null => StepJobState.Deleted("there is no such run"),
            _ when begun is not null && run.Step != begun.Step => null,
            _ when run.Job != job => StepJobState.Deleted("another job carries out the step"),
            { State: RunState.Running } => throw new JobAbortedException(),
            _ => StepJobState.Of(run, run.Step),
        };
        if (state is not null)
        {
            // Not where another machine has moved it meanwhile.
            queue.Move(job, state, ProcessingState.StateName);
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

    /// <returns>The run as it was left; null: another machine has taken it over.</returns>
    private async Task<Run?> CarryOutAsync(Alarms alarms, Run run)
    {
        var tenant = schedule.Tenants.First(t => t.Name == run.Tenant);
        var pinned = await _retry.UntilDoneAsync(() => _pins.RenewAsync(tenant));
        var recorder = new StepRecorder(store, run.Id, node.Name, time, _retry);
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
            return null;
        }

        if (worked is not null)
        {
            // A stage that may fail without the night is left by a step that finished; its warning stands in the log.
            var left = end.Kind is StepEndKind.Stopped ? RunState.Paused : RunState.Failed;
            await _retry.UntilDoneAsync(() => store.Stages.InterruptedAsync(run.Id, left, worked));
        }

        await _retry.UntilDoneAsync(() => _pins.RenewAsync(tenant));
        return await _retry.UntilDoneAsync(() =>
            _settlement.SettleAsync(alarms, run, tenant, end, why, closes, _leave.IsCancellationRequested)
        );
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
            return now is not { State: RunState.Running } || now.Node != node.Name || now.Job != run.Job
                    ? LeaveReason.TakenOver
                : now.Command is RunCommand.Pause or RunCommand.Cancel ? LeaveReason.Command
                : LeaveReason.None;
        }
        catch (Exception e) when (DatabaseRetry.IsTransient(e))
        {
            return LeaveReason.None; // The step does not need the database; the next look may find it again.
        }
    }
}

/// <summary>Whether a run may begin its step.</summary>
/// <param name="Run">As it is now; null: nobody has to do anything about it.</param>
/// <param name="Moved">It may not, and was moved to where it waits.</param>
internal sealed record Admission(Run? Run, bool MayBegin, bool Moved)
{
    public static Admission Refused { get; } = new(null, MayBegin: false, Moved: false);
}
