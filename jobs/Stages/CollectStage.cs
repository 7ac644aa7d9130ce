using Distiller.Core;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Logs.Scrubbing;

namespace Distiller.Jobs.Stages;

/// <summary>Raw logs to episodes in the workspace. Collecting the same file again adds nothing.</summary>
/// <param name="scrubRules">A file with rules of the user's own; empty for the shipped rules alone.</param>
public sealed class CollectStage(Workspace workspace, IProgress<StageProgress>? progress, string? scrubRules = null)
{
    public CollectReport Run(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default) =>
        Collector.Collect(
            logs,
            workspace,
            new CollectOptions { Tenant = tenant, Rules = ScrubRules.With(scrubRules) },
            progress,
            cancellation
        );
}
