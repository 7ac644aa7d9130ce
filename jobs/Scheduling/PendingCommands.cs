using Distiller.Jobs.Scheduling.Store;
using Hangfire.States;

namespace Distiller.Jobs.Scheduling;

/// <summary>Carries out what people command of runs that nobody is at work on.</summary>
internal sealed class PendingCommands(RunStore store, StepQueue queue, TimeProvider time)
{
    public async Task ApplyAsync(Alarms alarms, string id, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var moved = await store.ChangeAsync(
            id,
            run =>
                run.Command is RunCommand.None ? null
                : !RunCommands.Allowed(run, run.Command) ? run with { Command = RunCommand.None } // It came too late.
                : run.Command switch
                {
                    RunCommand.Pause => run.PausedByPerson(),
                    RunCommand.Resume => run.Resumed(now),
                    RunCommand.Cancel => run.Cancelled(now),
                    _ => run.Retried(now),
                },
            cancellation
        );
        if (moved is null)
        {
            return;
        }

        await store.Log.AddAsync(id, "info", moved.Reason, cancellation);
        await store.Stages.InterruptedAsync(id, RunState.Paused, cancellation: cancellation);
        if (moved.Job is { } job && StepJobState.Of(moved, moved.Step) is DeletedState over)
        {
            queue.Move(job, over);
        }

        if (moved.IsOver)
        {
            await alarms.ForgetAsync(id, cancellation);
        }
        else if (!moved.IsHeldByPerson)
        {
            await alarms.SetAsync(moved, moved.Step, moved.Due, cancellation);
        }
    }
}
