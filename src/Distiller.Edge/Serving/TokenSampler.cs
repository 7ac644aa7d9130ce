using Distiller.Core;
using Distiller.Edge.Llama;
using LLama.Native;

namespace Distiller.Edge.Serving;

/// <summary>
/// Chooses tokens, held by a grammar where one was begun. The grammar is asked of the chosen token alone first, and of the
/// whole vocabulary only where it refuses that one. llama.cpp ends the process where a token is accepted that its grammar
/// has no place for: so nothing is accepted that it did not let through.
/// </summary>
internal sealed class TokenSampler(EdgeModel model, SamplingOptions options) : IDisposable
{
    // Less likely than the most likely one by more than this many nats: never chosen (e^-20 is 2e-9).
    private const float LeastNats = 20;

    private readonly Random _random = options.Seed is { } seed ? new Random((int)(seed ^ (seed >> 32))) : new Random();
    private SafeLLamaSamplerChainHandle? _grammar;

    public bool IsHeld => _grammar is not null;

    /// <summary>From now on only what the grammar allows.</summary>
    /// <param name="gbnf">In llama.cpp's notation, with a rule <c>root</c>.</param>
    public void Begin(string gbnf)
    {
        _grammar?.Dispose();
        _grammar = null;
        LlamaLog.Clear();
        var chain = SafeLLamaSamplerChainHandle.Create(LLamaSamplerChainParams.Default());
        chain.AddGrammar(model.Handle, gbnf, "root");
        if (chain.Count != 1)
        {
            chain.Dispose();
            throw new InvalidOperationException($"llama.cpp refuses a grammar: {LlamaLog.Errors()}.");
        }

        _grammar = chain;
    }

    /// <summary>The grammar's end: anything goes again.</summary>
    public void End()
    {
        _grammar?.Dispose();
        _grammar = null;
    }

    /// <summary>Tells the grammar of text that stands already.</summary>
    /// <returns>False: the grammar has no place for it, and nothing is held.</returns>
    public bool Take(IEnumerable<int> tokens)
    {
        foreach (var token in tokens)
        {
            if (!Allows(token))
            {
                End();
                return false;
            }

            _grammar!.Accept(token);
        }

        return true;
    }

    /// <exception cref="BadInputException">The logits are not numbers, or the vocabulary has no token that goes on.</exception>
    public int Next(ReadOnlySpan<float> logits)
    {
        var token = Choose(logits);
        if (_grammar is not null)
        {
            token = Allows(token) ? token : Choose(Allowed(logits));
            if (!model.Tokenizer.IsEndOfGeneration(token))
            {
                _grammar.Accept(token);
            }
        }

        return token;
    }

    public void Dispose() => End();

    private bool Allows(int token)
    {
        var one = new LLamaTokenDataArray(new[] { new LLamaTokenData(token, 0, 0) }, false);
        Apply(one);
        return float.IsFinite(one.Data.Span[0].Logit);
    }

    private float[] Allowed(ReadOnlySpan<float> logits)
    {
        var all = LLamaTokenDataArray.Create(logits);
        Apply(all);
        var held = new float[logits.Length];
        Array.Fill(held, float.NegativeInfinity);
        foreach (var candidate in all.Data.Span)
        {
            held[(int)candidate.ID] = candidate.Logit;
        }

        return held;
    }

    private void Apply(LLamaTokenDataArray candidates)
    {
        using var pinned = LLamaTokenDataArrayNative.Create(candidates, out var native);
        _grammar!.Apply(ref native);
    }

    private int Choose(ReadOnlySpan<float> logits)
    {
        var best = Softmax.Best(logits, model.Path);
        if (options.Temperature <= 0 || options.TopK == 1)
        {
            return best;
        }

        var candidates = new List<(int Token, double Weight)>();
        for (var i = 0; i < logits.Length; i++)
        {
            var nats = (logits[i] - logits[best]) / options.Temperature;
            if (nats > -LeastNats)
            {
                candidates.Add((i, Math.Exp(nats)));
            }
        }

        candidates.Sort((a, b) => b.Weight.CompareTo(a.Weight));
        var count = options.TopK > 0 ? Math.Min(options.TopK, candidates.Count) : candidates.Count;
        var total = candidates.Take(count).Sum(c => c.Weight);
        if (options.TopP < 1)
        {
            var sum = 0.0;
            var kept = 0;
            while (kept < count && sum < options.TopP * total)
            {
                sum += candidates[kept++].Weight;
            }

            (count, total) = (Math.Max(1, kept), Math.Max(sum, candidates[0].Weight));
        }

        var at = _random.NextDouble() * total;
        for (var i = 0; i < count; i++)
        {
            at -= candidates[i].Weight;
            if (at < 0)
            {
                return candidates[i].Token;
            }
        }

        return candidates[0].Token;
    }
}
