using Distiller.Core;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Scrubbing;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Raw logs to episodes in the workspace: those that are named, and those that were sent to its <see cref="Inbox"/>. Collecting
/// the same file again adds nothing.
/// </summary>
/// <param name="scrubRules">A file with rules of the user's own; empty for the shipped rules alone.</param>
public sealed class CollectStage(Workspace workspace, IProgress<StageProgress>? progress, string? scrubRules = null)
{
    public CollectReport Run(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default)
    {
        var sent = new Inbox(workspace.Home, TimeProvider.System).Files();
        var options = new CollectOptions { Tenant = tenant, Rules = ScrubRules.With(scrubRules) };
        var report = Collector.Collect([.. logs, .. sent], workspace, options, progress, cancellation);
        Inbox.Remove(sent, workspace);
        return report;
    }
}
