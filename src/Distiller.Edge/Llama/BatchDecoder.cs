using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLama.Native;

namespace Distiller.Edge.Llama;

/// <summary>
/// A llama.cpp context that evaluates several sequences in one batch, all with the same adapter: llama.cpp attaches adapters
/// to contexts. The sequences share one pool of cells, so that a prefix may belong to several. For one thread at a time.
/// </summary>
internal sealed unsafe class BatchDecoder : IDisposable
{
    private readonly EdgeModel _model;
    private readonly SafeLLamaContextHandle _context;
    private readonly LLamaBatch _batch = new();
    private AdapterHandle? _adapter;

    private BatchDecoder(EdgeModel model, SafeLLamaContextHandle context, BatchShape shape)
    {
        _model = model;
        _context = context;
        Shape = shape;
    }

    public BatchShape Shape { get; }

    /// <summary>Tokens that were added and not yet evaluated.</summary>
    public int Pending => _batch.TokenCount;

    public static BatchDecoder Open(EdgeModel model, EdgeAdapter? adapter, BatchShape shape)
    {
        var p = LLamaContextParams.Default();
        p.n_ctx = (uint)(shape.Sequences * shape.ContextTokens);
        p.n_batch = p.n_ubatch = (uint)shape.BatchTokens;
        p.n_seq_max = (uint)shape.Sequences;
        p.n_outputs_max = (uint)(shape.Sequences * (1 + shape.DraftTokens));
        p.kv_unified = true;
        p.n_threads = p.n_threads_batch = model.Options.Threads;
        p.no_perf = true;
        if (shape.Exact)
        {
            p.type_k = p.type_v = GGMLType.GGML_TYPE_F32;
            p.llama_flash_attn_type = LLamaFlashAttentionType.LLAMA_FLASH_ATTENTION_TYPE_DISABLED;
        }

        var decoder = new BatchDecoder(
            model,
            Contexts.Create(
                model,
                p,
                $"a context of {shape.Sequences} x {shape.ContextTokens} tokens",
                "Give fewer --slots or a smaller --context."
            ),
            shape
        );
        if (adapter is not null)
        {
            decoder.Attach(adapter.Handle);
        }

        return decoder;
    }

    /// <summary>Adds one token behind what its sequence holds.</summary>
    /// <returns>Where its logits will be, for <see cref="LogitsAt"/>.</returns>
    public int Add(int token, int position, int sequence, bool logits)
    {
        _model.Tokenizer.CheckRange(token);
        return _batch.Add(token, position, (LLamaSeqId)sequence, logits);
    }

    /// <summary>Evaluates what was added. Where it fails, what was added is in no sequence that is truncated afterwards.</summary>
    /// <exception cref="InvalidOperationException">llama.cpp could not evaluate it.</exception>
    public void Decode()
    {
        LlamaLog.Clear();
        var result = _context.Decode(_batch);
        _batch.Clear();
        if (result != DecodeResult.Ok)
        {
            throw new InvalidOperationException(
                $"llama.cpp could not evaluate a batch ({result}): {LlamaLog.Errors()}."
            );
        }
    }

    /// <summary>V logits, in llama.cpp's memory: valid until the next evaluation.</summary>
    public ReadOnlySpan<float> LogitsAt(int index)
    {
        ReadOnlySpan<float> logits = _context.GetLogitsIth(index);
        return !Unsafe.IsNullRef(in MemoryMarshal.GetReference(logits))
            ? logits[.._model.VocabularySize]
            : throw new InvalidOperationException($"llama.cpp has no logits at {index}: {LlamaLog.Errors()}.");
    }

    /// <summary>Keeps the first tokens of a sequence.</summary>
    public void Truncate(int sequence, int tokens) => _context.MemorySequenceRemove((LLamaSeqId)sequence, tokens, -1);

    /// <summary>Lets an empty sequence share the first tokens of another; nothing is computed or copied.</summary>
    public void Share(int from, int to, int tokens) =>
        _context.MemorySequenceCopy((LLamaSeqId)from, (LLamaSeqId)to, 0, tokens);

    public byte[] GetState(int sequence)
    {
        var size = _context.GetStateSize((LLamaSeqId)sequence);
        var data = new byte[checked((int)size)];
        fixed (byte* to = data)
        {
            var written = _context.GetState(to, size, (LLamaSeqId)sequence);
            return written == size
                ? data
                : throw new InvalidOperationException($"llama.cpp wrote {written} of {size} bytes of its state.");
        }
    }

    /// <returns>Whether llama.cpp took it; if not, the sequence is empty.</returns>
    public bool SetState(int sequence, byte[] data)
    {
        LlamaLog.Clear();
        fixed (byte* from = data)
        {
            if (_context.SetState(from, (nuint)data.Length, (LLamaSeqId)sequence) == (nuint)data.Length)
            {
                return true;
            }
        }

        Truncate(sequence, 0);
        return false;
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

    private void Attach(AdapterHandle handle)
    {
        var added = false;
        handle.DangerousAddRef(ref added);
        _adapter = handle;
        _context.SetLoraAdapters([(handle.Adapter, 1f)]);
    }
}

/// <summary>How many sequences a context holds, how long each may be, and how much is evaluated in one go.</summary>
/// <param name="Exact">As <see cref="EdgeSessionOptions.Exact"/>.</param>
/// <param name="DraftTokens">Tokens behind the last of a sequence whose logits may be asked for too.</param>
internal readonly record struct BatchShape(
    int Sequences,
    int ContextTokens,
    int BatchTokens,
    bool Exact,
    int DraftTokens
);
