using Distiller.Training.Lora;
using Distiller.Training.Torch;

namespace Distiller.Training.Model;

/// <summary>
/// Draws what a model would say: the next token from its whole distribution (temperature 1), for several prompts at once, each
/// with its keys and values kept. Without gradients. The same seeds give the same tokens.
/// </summary>
/// <param name="adapter">Null: the base alone.</param>
public sealed class TokenSampler(BaseModel model, LoraAdapter? adapter)
{
    /// <summary>What follows each prompt, its end included where one was drawn.</summary>
    /// <exception cref="BadInputException">A prompt with what may follow it does not fit the base's context.</exception>
    public IReadOnlyList<int[]> Continue(IReadOnlyList<SampledPrompt> prompts)
    {
        using var off = torch.no_grad();
        var rows = prompts.Select(p => new Row(p)).ToList();
        try
        {
            Begin(rows);
            for (var left = Unfinished(rows); left.Count > 0; left = Unfinished(left))
            {
                Step(left);
                GcPause.Renew();
            }
        }
        finally
        {
            rows.ForEach(r => r.Free());
        }

        return [.. rows.Select(r => r.Drawn.ToArray())];
    }

    private void Begin(List<Row> rows)
    {
        using var scope = torch.NewDisposeScope();
        var told = new TokenRows([.. rows.Select(r => new ReadOnlyMemory<int>(r.Prompt.Tokens))]);
        var hidden = model.Hidden(
            told,
            adapter,
            (_, q, k, v) =>
            {
                foreach (var (i, row) in rows.Index())
                {
                    var (start, length) = (told.Offsets[i], told.Lengths[i]);
                    row.Add(k.narrow(0, start, length).clone(), v.narrow(0, start, length).clone());
                }

                return Blocks.causal_attention(q, k, v, told.Offsets);
            }
        ); // [N, D]
        Draw(rows, model.Select(hidden, [.. told.Offsets.Skip(1).Select(o => (int)o - 1)]));
    }

    private void Step(List<Row> rows)
    {
        using var scope = torch.NewDisposeScope();
        var next = new TokenRows([.. rows.Select(r => new ReadOnlyMemory<int>([r.Drawn[^1]]))]).Behind([
            .. rows.Select(r => r.Length - 1),
        ]);
        Draw(rows, model.Hidden(next, adapter, (layer, q, k, v) => Attend(rows, layer, q, k, v)));
    }

    private static List<Row> Unfinished(List<Row> rows)
    {
        rows.FindAll(r => r.IsOver).ForEach(r => r.Free());
        return rows.FindAll(r => !r.IsOver);
    }

    /// <summary>q [B, H, hd], k and v [B, KV, hd] of one token of each row -> [B, H, hd].</summary>
    private static Tensor Attend(List<Row> rows, int layer, Tensor q, Tensor k, Tensor v)
    {
        using var scope = torch.NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var (i, row) in rows.Index())
        {
            var (own, ownValue) = (k.narrow(0, i, 1), v.narrow(0, i, 1));
            var (before, values) = row.Of(layer);
            parts.Add(PrefixAttention.Of(q.narrow(0, i, 1), own, ownValue, before, values, [0, 1]));
            row.Extend(layer, torch.cat([before, own], 0), torch.cat([values, ownValue], 0));
        }

        return scope.MoveToOuter(torch.cat(parts, 0));
    }

    /// <summary>
    /// A token for each row where its cumulated odds pass a number drawn in [0, 1). On the device, since the odds of a whole
    /// vocabulary are more than a pass may allocate outside of it.
    /// </summary>
    /// <param name="h">Hidden states [B, D] of the rows' last tokens.</param>
    private void Draw(List<Row> rows, Tensor h)
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.nn.functional.linear(h, model.Output); // [B, V]
        var odds = torch.special.log_softmax(logits, 1, model.WideType).exp_().to(ScalarType.Float64).cumsum(1); // [B, V]
        var drawn = torch.tensor([.. rows.Select(r => r.NextDraw())], [rows.Count, 1], device: model.Device); // [B, 1]
        var last = odds.shape[1] - 1;
        var tokens = odds.le(drawn.mul(odds.narrow(1, last, 1))).sum(1).clamp_max(last).ToLongs(); // [B]
        foreach (var (row, token) in rows.Zip(tokens))
        {
            row.Drawn.Add((int)token);
        }
    }

    /// <summary>A prompt on its way.</summary>
    private sealed class Row(SampledPrompt prompt)
    {
        private readonly SplitMix64 _random = new(prompt.Seed);
        private readonly List<(Tensor K, Tensor V)> _layers = []; // [T, KV, hd] each

        public SampledPrompt Prompt => prompt;

        public List<int> Drawn { get; } = [];

        /// <summary>Tokens of the prompt and behind it.</summary>
        public int Length => prompt.Tokens.Length + Drawn.Count;

        public bool IsOver => Drawn.Count >= prompt.TokensMax || (Drawn.Count > 0 && Drawn[^1] == prompt.End);

        public (Tensor K, Tensor V) Of(int layer) => _layers[layer];

        public void Add(Tensor k, Tensor v) => _layers.Add((k.DetachFromDisposeScope(), v.DetachFromDisposeScope()));

        public void Extend(int layer, Tensor k, Tensor v)
        {
            var (before, values) = _layers[layer];
            _layers[layer] = (k.DetachFromDisposeScope(), v.DetachFromDisposeScope());
            before.Dispose();
            values.Dispose();
        }

        public double NextDraw() => _random.NextDouble();

        public void Free()
        {
            foreach (var (k, v) in _layers)
            {
                k.Dispose();
                v.Dispose();
            }

            _layers.Clear();
        }
    }
}

/// <summary>What a sampler is to continue.</summary>
/// <param name="TokensMax">Of the continuation; at least 1.</param>
/// <param name="End">The token with which a continuation ends.</param>
public sealed record SampledPrompt(int[] Tokens, int TokensMax, int End, ulong Seed);
