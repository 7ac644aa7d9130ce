using Distiller.Jobs.Scheduling.Store;
using Hangfire.States;

namespace Distiller.Jobs.Scheduling;

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
