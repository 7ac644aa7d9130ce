using Distiller.Core;

namespace Distiller.Jobs;

/// <summary>Tells under a stage's own name what the trainer reports under its.</summary>
internal sealed class StageName(IProgress<StageProgress>? progress, string stage) : IProgress<StageProgress>
{
    public void Report(StageProgress value) => progress?.Report(value with { Stage = stage });
}
