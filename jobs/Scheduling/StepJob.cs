using Distiller.Jobs.Scheduling.Store;
using Hangfire.States;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Fires when a run is to begin or to go on, and hands its step to Hangfire. Its key's name is the run's.</summary>
[DisallowConcurrentExecution]
internal sealed class StepJob(StepDispatcher dispatcher) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await dispatcher.DispatchAsync(new Alarms(context.Scheduler), context.JobDetail.Key.Name, cancellationToken);
}

/// <summary>What Hangfire's console shows of a step's job, as it follows from the run's row.</summary>
internal static class StepJobState
{
    /// <param name="step">The one that the job carries out.</param>
    /// <returns>Null: the step is done, and the job ends as <c>Succeeded</c>.</returns>
    public static IState? Of(Run run, RunStep step) =>
        run switch
        {
            { State: RunState.Failed } => new FailedState(new StepFailedException(run.Reason)) { Reason = run.Reason },
            { State: RunState.Cancelled } => Deleted(run.Reason),
            { State: RunState.Finished } => null,
            _ when run.Step != step => null,
            { State: RunState.Running } => Deleted("another job carries out the step"),
            // It waits for that person and for no time; when the run is resumed it gets a new job.
            { IsHeldByPerson: true } => Deleted(run.Reason),
            _ => new ScheduledState(run.Due.UtcDateTime) { Reason = run.Reason },
        };

    public static DeletedState Deleted(string reason) => new() { Reason = reason };
}

/// <summary>Tells Hangfire why a step failed. The fault itself happened in the step's own process.</summary>
internal sealed class StepFailedException(string reason) : Exception(reason);
