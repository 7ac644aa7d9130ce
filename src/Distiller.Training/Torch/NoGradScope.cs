namespace Distiller.Training.Torch;

/// <summary>Operations inside record nothing for a backward pass, on this thread.</summary>
public sealed class NoGradScope : IDisposable
{
    private readonly int _before = Native.dt_set_grad_enabled(0);
    private bool _disposed;

    internal NoGradScope() { }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = Native.dt_set_grad_enabled(_before);
        }
    }
}
