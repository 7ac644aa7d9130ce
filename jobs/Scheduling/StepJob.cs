using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Fires when a run is to begin or to go on, and hands its step to Hangfire. Its key's name is the run's.</summary>
[DisallowConcurrentExecution]
internal sealed class StepJob(StepDispatcher dispatcher) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await dispatcher.DispatchAsync(new Alarms(context.Scheduler), context.JobDetail.Key.Name, cancellationToken);
}
