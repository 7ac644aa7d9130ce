using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Fires when a night of a tenant is due. Its key's name is the tenant's.</summary>
[DisallowConcurrentExecution]
internal sealed class NightJob(NightStarter starter) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await starter.StartAsync(new Alarms(context.Scheduler), context.JobDetail.Key.Name, cancellationToken);
}
