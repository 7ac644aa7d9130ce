using Distiller.Training.Torch;

namespace Distiller.Training.Model;

/// <summary>
/// A context before rows, under the base alone: its keys and values in every layer are computed once for all rows that stand
/// behind it, as a cache of a prompt's prefix is in a server. Without gradients.
/// </summary>
public sealed class ContextPrefix : IDisposable
{
    private readonly BaseModel _model;
    private readonly List<(Tensor K, Tensor V)> _layers = []; // [P, KV, hd] each, K rotated

    /// <param name="tokens">P of them: at least one, and fewer than the base's context holds.</param>
    /// <exception cref="BadInputException">A token is unknown, or the context is longer than the base's.</exception>
    public ContextPrefix(BaseModel model, int[] tokens)
    {
        (_model, Tokens) = (model, tokens.Length);
        var rows = new TokenRows(tokens);
        using var off = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        _ = model.Hidden(
            rows,
            null,
            (_, q, k, v) =>
            {
                _layers.Add((k.alias().DetachFromDisposeScope(), v.alias().DetachFromDisposeScope()));
                return Blocks.causal_attention(q, k, v, rows.Offsets);
            }
        );
    }

    /// <summary>P, the positions that the context takes.</summary>
    public int Tokens { get; }

    /// <summary>Hidden states after the final norm at n positions of the packed rows, [n, D].</summary>
    /// <exception cref="BadInputException">A row does not fit the base's context behind this one.</exception>
    public Tensor Hidden(TokenRows rows, IReadOnlyList<int> positions)
    {
        using var off = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var hidden = _model.Hidden(
            rows.Behind([.. rows.Lengths.Select(_ => Tokens)]),
            null,
            (layer, q, k, v) => PrefixAttention.Of(q, k, v, _layers[layer].K, _layers[layer].V, rows.Offsets)
        ); // [N, D]
        return scope.MoveToOuter(_model.Select(hidden, positions));
    }

    /// <summary>
    /// The <paramref name="count"/> likeliest next tokens at n positions of the packed rows, the likeliest first; and -log p of
    /// each position's target [n].
    /// </summary>
    /// <inheritdoc cref="Hidden"/>
    public (TeacherTargets Targets, float[] Nll) Likeliest(TokenRows rows, LossPositions wanted, int count)
    {
        using var off = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var h = Hidden(rows, wanted.Positions); // [n, D]
        var goals = torch.tensor(
            [.. wanted.Targets.Select(t => (long)t)],
            [wanted.Targets.Count, 1],
            device: _model.Device
        );
        var (ids, logs, nll) = (new List<int>(), new List<float>(), new List<float>());
        for (var from = 0; from < wanted.Positions.Count; from += BaseModel.PositionsPerChunk)
        {
            using var chunk = torch.NewDisposeScope();
            var size = Math.Min(BaseModel.PositionsPerChunk, wanted.Positions.Count - from);
            var logits = torch.nn.functional.linear(h.narrow(0, from, size), _model.Output); // [c, V]
            var log = torch.special.log_softmax(logits, 1, _model.WideType);
            var (values, indices) = log.topk(count, 1); // [c, K]
            ids.AddRange(indices.ToLongs().Select(i => (int)i));
            logs.AddRange(values.ToFloats());
            nll.AddRange(log.gather(1, goals.narrow(0, from, size)).neg().ToFloats());
        }

        return (new TeacherTargets(count, [.. ids], [.. logs]), [.. nll]);
    }

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
