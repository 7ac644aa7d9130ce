namespace Distiller.Training.Torch;

/// <summary>
/// Disposes every tensor made on this thread since it was opened, except those moved out. Scopes nest; the innermost
/// takes the new tensors.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly HashSet<Tensor> _tensors = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;
    private bool _disposed;

    internal DisposeScope()
    {
        _outer = _current;
        _current = this;
    }

    internal static void Register(Tensor tensor) => _current?._tensors.Add(tensor);

    internal static void Forget(Tensor tensor) => _current?._tensors.Remove(tensor);

    /// <summary>Hands the tensor to the enclosing scope, or to nobody where there is none.</summary>
    public Tensor MoveToOuter(Tensor tensor)
    {
        if (_tensors.Remove(tensor))
        {
            _outer?._tensors.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Takes the tensor out of all scopes: whoever holds it disposes it.</summary>
    public Tensor Detach(Tensor tensor)
    {
        _tensors.Remove(tensor);
        return tensor;
    }

    /// <summary>Keeps everything made so far: whoever holds a tensor disposes it.</summary>
    public void DetachAll() => _tensors.Clear();

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (!ReferenceEquals(_current, this))
        {
            throw new InvalidOperationException("Dispose scopes end in the reverse order of their opening.");
        }

        _disposed = true;
        _current = _outer;
        foreach (var tensor in _tensors)
        {
            tensor.Release();
        }

        _tensors.Clear();
    }
}
