namespace Distiller.Training.Model;

/// <summary>
/// Keys and values of a context in every layer, computed once for all rows that stand behind it: what a cache of a prompt's
/// prefix is in a server.
/// </summary>
public sealed class ContextPrefix : IDisposable
{
    private readonly List<(Tensor K, Tensor V)> _layers = [];

    /// <param name="tokens">P, the positions that the prefix takes; at least 1.</param>
    internal ContextPrefix(int tokens) => Tokens = tokens;

    /// <summary>P</summary>
    public int Tokens { get; }

    /// <summary>K [P, KV, hd], rotated, and V [P, KV, hd] of one layer.</summary>
    internal (Tensor K, Tensor V) Of(int layer) => _layers[layer];

    /// <summary>Takes over the next layer's tensors.</summary>
    internal void Add(Tensor k, Tensor v) => _layers.Add((k.DetachFromDisposeScope(), v.DetachFromDisposeScope()));

    public void Dispose()
    {
        foreach (var (k, v) in _layers)
        {
            k.Dispose();
            v.Dispose();
        }

        _layers.Clear();
    }
}
