namespace Distiller.Jobs.Scheduling;

/// <summary>Cuts short the waiting of whoever looks only now and then: something was asked for on this machine.</summary>
public sealed class Wake
{
    private TaskCompletionSource _called = New();

    public void Call() => Interlocked.Exchange(ref _called, New()).TrySetResult();

    /// <summary>Waits until it is called, or <paramref name="atMost"/> has passed, or <paramref name="other"/> ends.</summary>
    public async Task WaitAsync(TimeSpan atMost, Task? other = null, CancellationToken cancellation = default)
    {
        var called = Volatile.Read(ref _called).Task;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(called, other ?? called, Task.Delay(atMost, over.Token));
        await over.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
