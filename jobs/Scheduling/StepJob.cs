using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Fires when a run is to begin or to go on. Its key's name is the run's, so that a run never overlaps itself.</summary>
[DisallowConcurrentExecution]
internal sealed class StepJob(StepCarrier carrier) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await carrier.CarryAsync(
            new Alarms(context.Scheduler),
            context.JobDetail.Key.Name,
            context.Recovering,
            cancellationToken
        );
}
