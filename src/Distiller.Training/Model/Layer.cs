using Distiller.Training.Lora;
using Distiller.Training.Torch;

namespace Distiller.Training.Model;

/// <summary>One transformer block. N tokens of packed rows, D wide, H heads over KV key heads.</summary>
internal sealed class Layer : IDisposable
{
    private readonly BaseConfig _config;
    private readonly Tensor _attentionNorm;
    private readonly Tensor _feedForwardNorm;
    private readonly Tensor? _queryNorm;
    private readonly Tensor? _keyNorm;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;

    public Layer(BaseConfig c, WeightReader reader, int number)
    {
        _config = c;
        var block = $"blk.{number}.";
        _attentionNorm = reader.Vector(block + "attn_norm.weight", c.Width);
        _query = reader.Linear(block + "attn_q", c.Heads * c.HeadWidth, c.Width);
        _key = reader.Linear(block + "attn_k", c.KvHeads * c.HeadWidth, c.Width);
        _value = reader.Linear(block + "attn_v", c.KvHeads * c.HeadWidth, c.Width);
        _output = reader.Linear(block + "attn_output", c.Width, c.Heads * c.HeadWidth);
        if (c.Architecture is "qwen3")
        {
            _queryNorm = reader.Vector(block + "attn_q_norm.weight", c.HeadWidth);
            _keyNorm = reader.Vector(block + "attn_k_norm.weight", c.HeadWidth);
        }

        _feedForwardNorm = reader.Vector(block + "ffn_norm.weight", c.Width);
        _gate = reader.Linear(block + "ffn_gate", c.FeedForward, c.Width);
        _up = reader.Linear(block + "ffn_up", c.FeedForward, c.Width);
        _down = reader.Linear(block + "ffn_down", c.Width, c.FeedForward);
    }

    /// <summary>The seven weights that an adapter may change, in the order of <see cref="LoraTargets"/>.</summary>
    public IReadOnlyList<Linear> Linears => [_query, _key, _value, _output, _gate, _up, _down];

    // x [N, D] -> [N, D]
    // x [N, D] -> [N, D]
    public Tensor Forward(Tensor x, TokenRows rows, Tensor cos, Tensor sin, LoraAdapter? adapter) =>
        Forward(x, rows, cos, sin, adapter, (q, k, v) => Blocks.causal_attention(q, k, v, rows.Offsets));

    /// <param name="attention">q [N, H, hd], k and v [N, KV, hd], q and k rotated -> [N, H, hd]</param>
    public Tensor Forward(
        Tensor x,
        TokenRows rows,
        Tensor cos,
        Tensor sin,
        LoraAdapter? adapter,
        Func<Tensor, Tensor, Tensor, Tensor> attention
    )
    {
        using var scope = torch.NewDisposeScope();
        var middle = x.add(Attention(x, rows, cos, sin, adapter, attention)); // [N, D]
        return scope.MoveToOuter(middle.add(FeedForward(middle, adapter))); // [N, D]
    }

    private Tensor Attention(
        Tensor x,
        TokenRows rows,
        Tensor cos,
        Tensor sin,
        LoraAdapter? adapter,
        Func<Tensor, Tensor, Tensor, Tensor> attention
    )
    {
        var c = _config;
        using var scope = torch.NewDisposeScope();
        var h = Blocks.rms_norm(x, _attentionNorm, c.NormEps); // [N, D]
        var q = _query.Forward(h, adapter).reshape(rows.Count, c.Heads, c.HeadWidth); // [N, H, hd]
        var k = _key.Forward(h, adapter).reshape(rows.Count, c.KvHeads, c.HeadWidth); // [N, KV, hd]
        var v = _value.Forward(h, adapter).reshape(rows.Count, c.KvHeads, c.HeadWidth); // [N, KV, hd]
        if (_queryNorm is not null && _keyNorm is not null)
        {
            q = Blocks.rms_norm(q, _queryNorm, c.NormEps); // per head
            k = Blocks.rms_norm(k, _keyNorm, c.NormEps);
        }

        q = Blocks.rope(q, cos, sin, c.Rope.Neox);
        k = Blocks.rope(k, cos, sin, c.Rope.Neox);
        var seen = attention(q, k, v); // [N, H, hd]
        return scope.MoveToOuter(_output.Forward(seen.reshape(rows.Count, c.Heads * c.HeadWidth), adapter));
    }

    private Tensor FeedForward(Tensor x, LoraAdapter? adapter)
    {
        using var scope = torch.NewDisposeScope();
        var h = Blocks.rms_norm(x, _feedForwardNorm, _config.NormEps); // [N, D]
        var inner = Blocks.swiglu(_gate.Forward(h, adapter), _up.Forward(h, adapter)); // [N, F]
        return scope.MoveToOuter(_down.Forward(inner, adapter)); // [N, D]
    }

    public void Dispose()
    {
        _attentionNorm.Dispose();
        _query.Dispose();
        _key.Dispose();
        _value.Dispose();
        _output.Dispose();
        _queryNorm?.Dispose();
        _keyNorm?.Dispose();
        _feedForwardNorm.Dispose();
        _gate.Dispose();
        _up.Dispose();
        _down.Dispose();
    }
}

/// <summary>One frozen weight of the base, with the adapter's change on top where it has one.</summary>
internal sealed class Linear(string name, Tensor weight, Tensor? bias) : IDisposable
{
    public string Name => name;

    /// <summary>W[out, in]</summary>
    public Tensor Weight => weight;

    // y = Wx + b + (alpha/r) B A x
    public Tensor Forward(Tensor x, LoraAdapter? adapter)
    {
        var y = torch.nn.functional.linear(x, weight, bias); // [N, out]
        return adapter is null ? y : adapter.Change(name, x, y);
    }

    public void Dispose()
    {
        weight.Dispose();
        bias?.Dispose();
    }
}
