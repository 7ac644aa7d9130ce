using System.Collections.Concurrent;
using Distiller.Jobs.Scheduling.Store;
using Hangfire.States;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Hands a run's step over to Hangfire when Quartz makes it due, once however often it is asked to: the job's id is set in
/// the run's row by compare-and-set before the job is enqueued.
/// </summary>
internal sealed class StepDispatcher(RunStore store, StepQueue queue, StepExecutor executor)
{
    private readonly ConcurrentDictionary<string, bool> _dispatching = new(StringComparer.Ordinal);

    public async Task DispatchAsync(Alarms alarms, string id, CancellationToken cancellation)
    {
        // An alarm and the sweep may come at the same moment; one is enough.
        if (executor.IsExecuting(id) || !_dispatching.TryAdd(id, true))
        {
            return;
        }

        try
        {
            await DispatchAloneAsync(alarms, id, cancellation);
        }
        finally
        {
            _dispatching.TryRemove(id, out _);
        }
    }

    /// <summary>Whether the run's job waits for a machine, or is just being begun or ended by one.</summary>
    public bool IsHandedOver(Run run) => queue.StateOf(run) is var state && (IsEnqueued(state) || IsProcessing(state));

    /// <summary>Whether the run's job waits for a machine.</summary>
    public bool IsWaiting(Run run) => IsEnqueued(queue.StateOf(run));

    private async Task DispatchAloneAsync(Alarms alarms, string id, CancellationToken cancellation)
    {
        var (run, mayBegin, moved) = await executor.AdmitAsync(alarms, id, cancellation);
        if (run is null)
        {
            return;
        }

        if (mayBegin)
        {
            await EnqueueAsync(run, cancellation);
        }
        else if (moved)
        {
            await MoveToStateAsync(run, cancellation);
        }
    }

    private async Task EnqueueAsync(Run run, CancellationToken cancellation)
    {
        var state = queue.StateOf(run);
        if (IsEnqueued(state) || (IsProcessing(state) && run.State is not RunState.Running))
        {
            return;
        }

        if (state == ScheduledState.StateName && run.State is not RunState.Running)
        {
            queue.Enqueue(run.Job!, run.Step, run.Reason);
            return;
        }

        // None yet, or its job ended or is lost, or that of a dead machine is still under way as far as Hangfire knows.
        if (await AddAsync(run, cancellation) is { } job)
        {
            queue.Enqueue(job, run.Step, run.Reason);
            if (run.Job is { } old && state != SucceededState.StateName && state != DeletedState.StateName)
            {
                // What failed stays on the console else for ever, and what a dead machine had is no longer under way.
                Forget(old, $"job {job} has taken its place");
            }
        }
    }

    /// <summary>Gives the job of a run that may not begin the state that says what it waits for; the console lists jobs by state.</summary>
    private async Task MoveToStateAsync(Run run, CancellationToken cancellation)
    {
        if (StepJobState.Of(run, run.Step) is not { } state)
        {
            return;
        }

        if (queue.StateOf(run) is not null)
        {
            queue.Move(run.Job!, state);
        }
        else if (state is ScheduledState)
        {
            await AddAsync(run, cancellation);
        }
    }

    /// <returns>The new job's id; null: the run was changed or handed over meanwhile.</returns>
    private async Task<string?> AddAsync(Run run, CancellationToken cancellation)
    {
        var job = queue.Add(run);
        if (await store.SetJobAsync(run, job, cancellation))
        {
            return job;
        }

        queue.Move(job, StepJobState.Deleted("another machine handed the step over"));
        return null;
    }

    /// <summary>
    /// Beside everything else: a machine that was killed while it changed the job's state has left a lock, which holds up
    /// whoever changes it next. A job that is not deleted here ends as soon as a worker gets it again.
    /// </summary>
    private void Forget(string job, string reason) =>
        _ = Task.Run(() =>
        {
            try
            {
                queue.Move(job, StepJobState.Deleted(reason));
            }
            catch (Hangfire.BackgroundJobClientException)
            {
                // See above.
            }
        });

    private static bool IsEnqueued(string? state) => state == EnqueuedState.StateName;

    private static bool IsProcessing(string? state) => state == ProcessingState.StateName;
}
