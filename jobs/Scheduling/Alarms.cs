using Distiller.Jobs.Scheduling.Store;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// Quartz's triggers, each of which wakes a run at one time. A trigger carries nothing but the run's name; what is to be done
/// is read from the run's row, so a superfluous trigger does no harm. Setting the same alarm twice makes one trigger.
/// </summary>
internal sealed class Alarms(IScheduler quartz)
{
    private const string Nights = "night";
    private const string Steps = "step";
    private const int ForgetTries = 5;

    private static readonly TimeSpan ForgetPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes a run's step due; a machine of any role then hands it to the queue of the right one.</summary>
    public async Task SetAsync(Run run, RunStep step, DateTimeOffset due, CancellationToken cancellation = default)
    {
        var job = new JobKey(run.Id, Steps);
        var key = new TriggerKey($"{step}-{due.ToUnixTimeMilliseconds()}", run.Id);
        if (await quartz.Exists(key, cancellation))
        {
            return;
        }

        var trigger = TriggerBuilder.Create(quartz.TimeProvider).WithIdentity(key).ForJob(job).StartAt(due).Build();
        // In one operation: between two, another thread that ends the run could forget the job, and the trigger would fail.
        await quartz.ScheduleJob(
            JobBuilder.Create<StepJob>().WithIdentity(job).StoreDurably().RequestRecovery().Build(),
            trigger,
            ScheduleJobOptions.Replacing,
            cancellation
        );
    }

    /// <summary>Deletes the triggers of a run that is over.</summary>
    public async Task ForgetAsync(string run, CancellationToken cancellation = default)
    {
        for (var tries = 1; tries <= ForgetTries; tries++)
        {
            try
            {
                await quartz.DeleteJob(new JobKey(run, Steps), cancellation);
                return;
            }
            catch (SchedulerException e) when (!DatabaseRetry.IsTransient(e))
            {
                // Quartz lists a job's triggers and then removes them: one that fired in between is not found, and Quartz
                // throws. A trigger left after the last try finds the run over when it fires, and does nothing.
                await Task.Delay(ForgetPause, cancellation);
            }
        }
    }

    /// <summary>
    /// Schedules a tenant's nights by a cron trigger. A night that was missed while no machine ran (a misfire) starts once, as
    /// soon as one does; a clock that was set back skips none.
    /// </summary>
    /// <returns>When the next one is due.</returns>
    public async Task<DateTimeOffset?> SetAsync(
        TenantSchedule tenant,
        DateTimeOffset now,
        CancellationToken cancellation = default
    )
    {
        var next = new NightTimes(tenant).Next(now);
        var (job, key) = (new JobKey(tenant.Name, Nights), new TriggerKey(tenant.Name, Nights));
        if (
            await quartz.GetTrigger(key, cancellation) is ICronTrigger known
            && known.CronExpressionString == tenant.Cron
            && known.TimeZone.Id == tenant.Zone.Id
            && known.NextFireTimeUtc is { } fires
            && (next is null || fires <= next)
        )
        {
            return next;
        }

        if (next is null)
        {
            await quartz.DeleteJob(job, cancellation);
            return null;
        }

        await quartz.AddJob(
            JobBuilder.Create<NightJob>().WithIdentity(job).StoreDurably().RequestRecovery().Build(),
            AddJobOptions.Replacing,
            cancellation
        );
        var trigger = TriggerBuilder
            .Create(quartz.TimeProvider)
            .WithIdentity(key)
            .ForJob(job)
            .StartAt(now)
            .WithSchedule(
                CronScheduleBuilder
                    .Create(tenant.Cron)
                    .InTimeZone(tenant.Zone)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)
            )
            .Build();
        await quartz.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellation);
        return next;
    }

    /// <summary>Deletes the triggers of tenants that are no longer in the schedule.</summary>
    public async Task KeepOnlyAsync(IReadOnlyList<string> tenants, CancellationToken cancellation = default)
    {
        var jobs = await quartz.QueryJobs(
            new JobQuery { Group = GroupMatcher<JobKey>.GroupEquals(Nights), Take = int.MaxValue },
            cancellation
        );
        foreach (var job in jobs.Items)
        {
            if (!tenants.Contains(job.Key.Name, StringComparer.Ordinal))
            {
                await quartz.DeleteJob(job.Key, cancellation);
            }
        }
    }
}
