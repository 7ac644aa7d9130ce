using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Alerts;

/// <summary>Finds in the store what is worth an alert. What it finds twice is told once: the ledger knows.</summary>
internal sealed class AlertRules(RunStore store, TimeProvider time, WebhookOptions options)
{
    private const int RunsMax = 500;

    // A webhook that is set up later is not told old stories.
    private static readonly TimeSpan NewsMax = TimeSpan.FromDays(2);

    private static readonly RunState[] Begun = [RunState.Running, RunState.Paused, RunState.Retrying, RunState.Waiting];

    public async Task<IReadOnlyList<Alert>> FindAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var alerts = new List<Alert>();
        var over = new RunQuery(null, RunsMax, 0, RunState.Failed, RunState.Finished);
        foreach (var run in await store.ListAsync(over, cancellation))
        {
            if (run.Ended is not { } ended || now - ended > NewsMax)
            {
                continue;
            }

            if (run.State == RunState.Failed && options.Alerts.OnFailure)
            {
                alerts.Add(Alert.Of(AlertKind.Failed, run));
            }
            else if (run.Figures is { Published: false } && options.Alerts.OnGate)
            {
                alerts.Add(Alert.Of(AlertKind.Gate, run));
            }
        }

        var active = await store.ListAsync(new RunQuery(null, RunsMax, 0, Begun), cancellation);
        foreach (var run in active)
        {
            if (run.Started is null && now - run.Due > options.Late)
            {
                alerts.Add(Alert.Of(AlertKind.NotStarted, run));
            }
            // A run that waits for its next window, or by a person's will, is due again later.
            else if (run.Started is { } started && now - Latest(started, run.Due) > options.Late)
            {
                alerts.Add(Alert.Of(AlertKind.Overdue, run));
            }
        }

        foreach (var tenant in await store.Tenants.ListAsync(cancellation))
        {
            var isLate = tenant.NextDue is { } due && now - due > options.Late;
            // The night before may still be at work; then that one is told.
            if (isLate && !tenant.IsHeld && active.All(r => r.Tenant != tenant.Name))
            {
                alerts.Add(Alert.Missing(tenant, tenant.NextDue!.Value));
            }
        }

        return alerts;
    }

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
