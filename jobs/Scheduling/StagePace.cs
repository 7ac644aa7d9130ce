namespace Distiller.Jobs.Scheduling;

/// <summary>Estimates the remaining time of a stage from its progress since this process took it up.</summary>
internal sealed class StagePace(TimeProvider time)
{
    private const double LeastShare = 0.01;

    private string _stage = "";
    private double _from;
    private long _began;

    /// <returns>Null: too little is done to tell.</returns>
    public TimeSpan? Remaining(string stage, double share)
    {
        if (stage != _stage || share < _from)
        {
            (_stage, _from, _began) = (stage, share, time.GetTimestamp());
        }

        return share - _from >= LeastShare ? time.GetElapsedTime(_began) * ((1 - share) / (share - _from)) : null;
    }
}
