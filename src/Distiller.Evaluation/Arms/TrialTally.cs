using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>Counts the tasks that are done while several arms run, and tells of one at a time.</summary>
internal sealed class TrialTally(string stage, int total, IProgress<StageProgress>? progress)
{
    private readonly Lock _gate = new();
    private int _done;

    public void Add(string detail)
    {
        lock (_gate)
        {
            _done++;
            progress?.Report(new StageProgress(stage, _done, total, detail));
        }
    }
}
