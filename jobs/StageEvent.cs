using Distiller.Core;

namespace Distiller.Jobs;

/// <summary>A stage of a night began or ended.</summary>
/// <param name="Inputs">Keys of the artifacts it reads, or the paths of logs.</param>
/// <param name="Outputs">Each <c>kind/key</c>; empty at the beginning.</param>
/// <param name="MadeBefore">It had nothing to do: an earlier run left the same result.</param>
public sealed record StageEvent(
    string Stage,
    bool IsEnd,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    bool MadeBefore
)
{
    public static StageEvent Began(string stage, IReadOnlyList<string> inputs) => new(stage, false, inputs, [], false);

    public static StageEvent Ended(
        string stage,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        bool madeBefore
    ) => new(stage, true, inputs, outputs, madeBefore);
}

/// <summary>Tells under a stage's own name what the trainer reports under its.</summary>
internal sealed class StageName(IProgress<StageProgress>? progress, string stage) : IProgress<StageProgress>
{
    public void Report(StageProgress value) => progress?.Report(value with { Stage = stage });
}
