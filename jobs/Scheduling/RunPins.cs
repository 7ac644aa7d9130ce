using Distiller.Jobs.Keeping;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>What the runs of a tenant need that are not over: what their steps handed over and what their stages wrote.</summary>
internal sealed class RunPins(RunStore store)
{
    private const int RunsMax = 10_000;

    /// <summary>Writes it into the workspace, for whoever collects garbage there.</summary>
    /// <returns>The artifacts, each <c>kind/key</c> or a bare key.</returns>
    public async Task<IReadOnlyList<string>> RenewAsync(TenantSchedule tenant, CancellationToken cancellation = default)
    {
        var runs = await store.ListAsync(
            new RunQuery(
                tenant.Name,
                RunsMax,
                0,
                RunState.Running,
                RunState.Waiting,
                RunState.Paused,
                RunState.Retrying
            ),
            cancellation
        );
        var pins = new List<(string Run, string Artifact)>();
        foreach (var run in runs.Where(r => r.Started is not null).OrderBy(r => r.Id, StringComparer.Ordinal))
        {
            var stages = await store.Stages.ListAsync(run.Id, cancellation);
            var handed = new[] { run.Handover.Mined, run.Handover.Adapter, run.Handover.Control }.OfType<string>();
            pins.AddRange(
                stages
                    .SelectMany(s => s.Outputs)
                    .Concat(handed)
                    .Distinct(StringComparer.Ordinal)
                    .Select(a => (run.Id, a))
            );
        }

        try
        {
            new PinFile(tenant.Home).Write(pins);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Core.BadInputException)
        {
            // A full disk above all: a step that has to write says so in its own words, and what was pinned before stays.
        }

        return [.. pins.Select(p => p.Artifact)];
    }
}
