namespace Distiller.Tests.Support;

/// <summary>Cancels when so much progress was reported.</summary>
internal sealed class CancelAfter(int reports, CancellationTokenSource cancel) : IProgress<StageProgress>
{
    private int _seen;

    public void Report(StageProgress value)
    {
        if (++_seen == reports)
        {
            cancel.Cancel();
        }
    }
}
