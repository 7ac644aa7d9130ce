using Distiller.Core;
using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Jobs.Stages;

/// <summary>Raw logs to episodes in the workspace. Collecting the same file again adds nothing.</summary>
public sealed class CollectStage(Workspace workspace, IProgress<StageProgress>? progress)
{
    public CollectReport Run(IReadOnlyList<string> logs, string tenant, CancellationToken cancellation = default) =>
        Collector.Collect(logs, workspace, new CollectOptions { Tenant = tenant }, progress, cancellation);
}
