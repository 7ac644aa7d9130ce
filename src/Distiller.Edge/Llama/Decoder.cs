using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distiller.Core;
using Distiller.Core.Settings;
using LLama.Native;

namespace Distiller.Edge.Llama;

/// <summary>What is done with the logits behind a position, V numbers.</summary>
internal delegate void LogitsReader(int position, ReadOnlySpan<float> logits);

/// <summary>A llama.cpp context, with every size checked before it is handed over.</summary>
internal sealed unsafe class Decoder : IDisposable
{
    private const int DefaultContextTokensMax = 4096;

    // Positions of one batch that may have logits: bounds the output buffer (this many times V floats).
    private const int OutputsMax = 64;

    // Several contexts computing on one GPU at a time end in errors of its driver.
    private static readonly Lock s_gpu = new();

    private readonly EdgeModel _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly int _batchTokens;
    private AdapterHandle? _adapter;

    private Decoder(EdgeModel model, SafeLLamaContextHandle context, int contextTokens, int batchTokens)
    {
        _model = model;
        _context = context;
        ContextTokens = contextTokens;
        _batchTokens = batchTokens;
    }

    public int ContextTokens { get; }

    public static Decoder Open(EdgeModel model, EdgeSessionOptions options)
    {
        OptionsCheck.Require(options);
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

        var batchTokens = Math.Min(options.BatchTokens, contextTokens);
        var p = LLamaContextParams.Default();
        p.n_ctx = (uint)contextTokens;
        p.n_batch = p.n_ubatch = (uint)batchTokens;
        p.n_seq_max = 1;
        p.n_outputs_max = (uint)Math.Min(OutputsMax, batchTokens);
        p.n_threads = p.n_threads_batch = options.Threads > 0 ? options.Threads : model.Options.Threads;
        p.no_perf = true;
        if (options.Exact)
        {
            p.type_k = p.type_v = GGMLType.GGML_TYPE_F32;
            p.llama_flash_attn_type = LLamaFlashAttentionType.LLAMA_FLASH_ATTENTION_TYPE_DISABLED;
        }

        var context = Contexts.Create(model, p, $"a context of {contextTokens} tokens", "Ask for a shorter context.");
        return new Decoder(model, context, contextTokens, batchTokens);
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
        LlamaLog.Clear();
        ReadOnlySpan<float> logits = _context.GetLogitsIth(index);
        return !Unsafe.IsNullRef(in MemoryMarshal.GetReference(logits))
            ? logits[.._model.VocabularySize]
            : throw new InvalidOperationException($"llama.cpp has no logits at {index}: {LlamaLog.Errors()}.");
    }

    public void Truncate(int tokens)
    {
        if (tokens == 0)
        {
            _context.MemoryClear(true);
            return;
        }

        _context.MemorySequenceRemove(LLamaSeqId.Zero, tokens, -1);
        if (_context.MemorySequenceMaxPosition(LLamaSeqId.Zero).Value != tokens - 1)
        {
            throw new InvalidOperationException("llama.cpp cannot cut its cache there.");
        }
    }

    /// <summary>Replaces the attached adapter (null: none). The old one may be freed only from here on.</summary>
    public void SetAdapter(EdgeAdapter? adapter, float scale)
    {
        var handle = adapter?.Handle;
        var added = false;
        handle?.DangerousAddRef(ref added);
        try
        {
            _context.SetLoraAdapters(handle is null ? [] : [(handle.Adapter, scale)]);
        }
        catch
        {
            handle?.DangerousRelease();
            throw;
        }

        _adapter?.DangerousRelease();
        _adapter = handle;
    }

    public byte[] GetState()
    {
        var size = _context.GetStateSize(LLamaSeqId.Zero);
        if (size > (nuint)Array.MaxLength)
        {
            throw Bad(_model, $"The state takes {size} bytes.", "Use a shorter context.");
        }

        var data = new byte[(int)size];
        fixed (byte* to = data)
        {
            var written = _context.GetState(to, size, LLamaSeqId.Zero);
            return written == size
                ? data
                : throw new InvalidOperationException($"llama.cpp wrote {written} of {size} bytes of its state.");
        }
    }

    public bool SetState(byte[] data)
    {
        LlamaLog.Clear();
        fixed (byte* from = data)
        {
            return _context.SetState(from, (nuint)data.Length, LLamaSeqId.Zero) == (nuint)data.Length;
        }
    }

    public void Dispose()
    {
        if (!_context.IsClosed)
        {
            _context.Dispose();
            _adapter?.DangerousRelease();
            _adapter = null;
        }
    }

    private void Decode(ReadOnlySpan<int> tokens, byte[] flags, int cached)
    {
        LlamaLog.Clear();
        int result;
        fixed (int* token = tokens)
        fixed (byte* wants = flags)
        {
            // Without positions and sequences llama.cpp goes on behind the last cached position of sequence 0.
            var batch = new LLamaNativeBatch
            {
                n_tokens = tokens.Length,
                tokens = (LLamaToken*)token,
                logits = wants,
            };
            if (_model.Options.GpuLayers > 0)
            {
                lock (s_gpu)
                {
                    result = LlamaExports.Decode(_context, batch);
                }
            }
            else
            {
                result = LlamaExports.Decode(_context, batch);
            }
        }

        if (result != 0)
        {
            // The cache as it was before the call: no half a text stays behind.
            Truncate(cached);
            throw Bad(
                _model,
                $"llama.cpp could not evaluate {tokens.Length} tokens ({result}): {LlamaLog.Errors()}.",
                "Check that the machine has memory left."
            );
        }
    }

    private static BadInputException Bad(EdgeModel model, string reason, string remedy) =>
        new(new SourceLocation(model.Path, 0), reason, remedy);
}
