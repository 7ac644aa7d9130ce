using System.Globalization;
using Distiller.Jobs.Scheduling.Store;
using Hangfire;
using Hangfire.Server;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>Adds the run of a night that is due, once however often it is asked to.</summary>
internal sealed class NightStarter(NightSchedule schedule, RunStore store, TimeProvider time)
{
    private const string AskedBy = "schedule";

    // Far more runs than anybody asks for between two nights.
    private const int RecentRuns = 500;

    public async Task StartAsync(Alarms alarms, string tenantName, CancellationToken cancellation)
    {
        var tenant = schedule.Tenants.FirstOrDefault(t => t.Name == tenantName);
        var now = time.GetUtcNow();
        if (tenant is null || new NightTimes(tenant) is var times && times.Last(now) is not { } due)
        {
            return;
        }

        var status = (await store.Tenants.ListAsync(cancellation)).FirstOrDefault(t => t.Name == tenantName);
        var night = times.NightOf(due);
        var runs = await store.ListAsync(new RunQuery(tenantName, RecentRuns), cancellation);
        if (
            status is { IsHeld: true }
            || runs.Count(r => r.Night == night && r.AskedBy == AskedBy) >= times.OrdinalOf(due)
        )
        {
            return;
        }

        if (runs.FirstOrDefault(r => r.State is RunState.Waiting && r.Started is null) is { } waiting)
        {
            var missed = TimeZoneInfo.ConvertTime(due, tenant.Zone);
            await store.Log.AddAsync(
                waiting.Id,
                "info",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the night due at {missed:yyyy-MM-dd HH:mm} is part of this one, which has not begun"
                ),
                cancellation
            );
            return;
        }

        for (var n = 1; ; n++)
        {
            var run = RunCommands.NewRun(tenantName, night, n, AskedBy, now);
            if (runs.FirstOrDefault(r => !r.IsOver) is { } other)
            {
                run = run with { Reason = $"the night {other.Id} is not over ({other.Reason})" };
            }

            if (await store.AddAsync(run, cancellation))
            {
                await store.Log.AddAsync(run.Id, "info", "due", cancellation);
                await alarms.SetAsync(run, run.Step, run.Due, cancellation);
                return;
            }
        }
    }
}

/// <summary>Fires when a night of a tenant is due. Its key's name is the tenant's.</summary>
[DisallowConcurrentExecution]
internal sealed class NightJob(NightStarter starter) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await starter.StartAsync(new Alarms(context.Scheduler), context.JobDetail.Key.Name, cancellationToken);
}

/// <summary>What Hangfire calls to carry out a step of a run. Public, since Hangfire calls nothing else.</summary>
public sealed class NightStep
{
    private readonly StepExecutor _executor;
    private readonly Alarms _alarms;

    internal NightStep(StepExecutor executor, Alarms alarms) => (_executor, _alarms) = (executor, alarms);

    /// <param name="run">The run's id; all else stands in its row.</param>
    /// <param name="step">For the console alone.</param>
    /// <param name="context">From Hangfire.</param>
    /// <returns>What came of the run, where this was its last step; the console shows it.</returns>
    [JobDisplayName("{0}: {1}")]
    public Task<string?> RunAsync(string run, string step, PerformContext? context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _executor.ExecuteAsync(_alarms, run, context.BackgroundJob.Id);
    }
}
