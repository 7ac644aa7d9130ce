using Distiller.Core;

namespace Distiller.Edge.Native;

/// <summary>What is done with the logits behind a position, V numbers.</summary>
internal delegate void LogitsReader(int position, ReadOnlySpan<float> logits);

/// <summary>A llama.cpp context, with every size checked before it is handed over.</summary>
internal sealed unsafe class Decoder : IDisposable
{
    private const int BatchTokensMax = 8192;
    private const int DefaultContextTokensMax = 4096;

    // Positions of one batch that may have logits: bounds the output buffer (this many times V floats).
    private const int OutputsMax = 64;
    private const int FlashAttentionOff = 0;
    private const int TypeF32 = 0;

    private readonly EdgeModel _model;
    private readonly ContextHandle _context;
    private readonly int _batchTokens;

    private Decoder(EdgeModel model, ContextHandle context, int contextTokens, int batchTokens)
    {
        _model = model;
        _context = context;
        ContextTokens = contextTokens;
        _batchTokens = batchTokens;
    }

    public int ContextTokens { get; }

    public static Decoder Open(EdgeModel model, EdgeSessionOptions options)
    {
        var contextTokens =
            options.ContextTokens == 0 ? Math.Min(model.ContextLength, DefaultContextTokensMax) : options.ContextTokens;
        if (contextTokens < 1 || contextTokens > model.ContextLength)
        {
            throw Bad(
                model,
                $"A context of {contextTokens} tokens was asked for; the model was trained for {model.ContextLength}.",
                "Ask for no more than that."
            );
        }

        if (model.Architecture == "bert")
        {
            throw Bad(model, "An embedding model writes no text.", "Open an embedder with it.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BatchTokens, BatchTokensMax, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        var batchTokens = Math.Min(options.BatchTokens, contextTokens);
        var p = LlamaApi.llama_context_default_params();
        p.ContextTokens = (uint)contextTokens;
        p.BatchTokens = p.MicroBatchTokens = (uint)batchTokens;
        p.SequencesMax = 1;
        p.OutputsMax = p.OutputsMaxPerSequence = (uint)Math.Min(OutputsMax, batchTokens);
        p.Threads = p.ThreadsBatch = options.Threads > 0 ? options.Threads : model.Options.Threads;
        p.NoPerformanceCounters = 1;
        if (options.Exact)
        {
            p.TypeK = p.TypeV = TypeF32;
            p.FlashAttentionType = FlashAttentionOff;
        }

        NativeLog.Clear();
        var context = LlamaApi.llama_init_from_model(model.Handle, p);
        return context != 0
            ? new Decoder(model, new ContextHandle(context, model.Handle), contextTokens, batchTokens)
            : throw Bad(
                model,
                $"llama.cpp cannot open a context of {contextTokens} tokens: {NativeLog.Errors()}.",
                "Ask for a shorter context."
            );
    }

    /// <summary>That the tokens are of the vocabulary and fit behind those in the cache.</summary>
    public void Check(ReadOnlySpan<int> tokens, int cached)
    {
        if (tokens.Length > ContextTokens - cached)
        {
            throw Bad(
                _model,
                $"{cached + tokens.Length} tokens do not fit the context of {ContextTokens}.",
                "Shorten the text or open a session with a longer context."
            );
        }

        foreach (var token in tokens)
        {
            _model.Tokenizer.CheckRange(token);
        }
    }

    /// <summary>Checked tokens, in batches of what the context was opened for.</summary>
    public void Evaluate(ReadOnlySpan<int> tokens, int cached, Func<int, bool> wants, LogitsReader? read)
    {
        var flags = new byte[_batchTokens];
        for (var start = 0; start < tokens.Length; )
        {
            var (length, outputs) = (0, 0);
            while (length < _batchTokens && start + length < tokens.Length)
            {
                var wanted = wants(start + length);
                if (wanted && outputs == OutputsMax)
                {
                    break;
                }

                flags[length++] = wanted ? (byte)1 : (byte)0;
                outputs += wanted ? 1 : 0;
            }

            Decode(tokens.Slice(start, length), flags, cached);
            for (var i = 0; read is not null && i < length; i++)
            {
                if (flags[i] != 0)
                {
                    read(start + i, LogitsAt(i));
                }
            }

            start += length;
        }
    }

    /// <summary>V logits, in llama.cpp's memory: valid until the next evaluation.</summary>
    /// <param name="index">Position in the last batch; -1 is the last with logits.</param>
    public ReadOnlySpan<float> LogitsAt(int index)
    {
        var logits = LlamaApi.llama_get_logits_ith(_context, index);
        return logits is not null
            ? new ReadOnlySpan<float>(logits, _model.VocabularySize)
            : throw new InvalidOperationException($"llama.cpp has no logits at {index}: {NativeLog.Errors()}.");
    }

    public void Truncate(int tokens)
    {
        var memory = LlamaApi.llama_get_memory(_context);
        if (tokens == 0)
        {
            LlamaApi.llama_memory_clear(memory, 1);
        }
        else if (LlamaApi.llama_memory_seq_rm(memory, 0, tokens, -1) == 0)
        {
            throw new InvalidOperationException("llama.cpp cannot cut its cache there.");
        }
    }

    public void SetAdapter(EdgeAdapter? adapter, float scale)
    {
        var result = _context.SetAdapter(adapter?.Handle, scale);
        if (result != 0)
        {
            throw new InvalidOperationException($"llama.cpp cannot attach the adapter ({result}).");
        }
    }

    public byte[] GetState()
    {
        var size = LlamaApi.llama_state_seq_get_size(_context, 0);
        if (size > (nuint)Array.MaxLength)
        {
            throw Bad(_model, $"The state takes {size} bytes.", "Use a shorter context.");
        }

        var data = new byte[(int)size];
        fixed (byte* to = data)
        {
            var written = LlamaApi.llama_state_seq_get_data(_context, to, size, 0);
            return written == size
                ? data
                : throw new InvalidOperationException($"llama.cpp wrote {written} of {size} bytes of its state.");
        }
    }

    public bool SetState(byte[] data)
    {
        NativeLog.Clear();
        fixed (byte* from = data)
        {
            return LlamaApi.llama_state_seq_set_data(_context, from, (nuint)data.Length, 0) == (nuint)data.Length;
        }
    }

    public void Dispose() => _context.Dispose();

    private void Decode(ReadOnlySpan<int> tokens, byte[] flags, int cached)
    {
        NativeLog.Clear();
        int result;
        fixed (int* token = tokens)
        fixed (byte* wants = flags)
        {
            result = LlamaApi.llama_decode(
                _context,
                new LlamaBatch
                {
                    Count = tokens.Length,
                    Tokens = token,
                    WantsLogits = wants,
                }
            );
        }

        if (result != 0)
        {
            // The cache as it was before the call: no half a text stays behind.
            Truncate(cached);
            throw Bad(
                _model,
                $"llama.cpp could not evaluate {tokens.Length} tokens ({result}): {NativeLog.Errors()}.",
                "Check that the machine has memory left."
            );
        }
    }

    private static BadInputException Bad(EdgeModel model, string reason, string remedy) =>
        new(new SourceLocation(model.Path, 0), reason, remedy);
}
