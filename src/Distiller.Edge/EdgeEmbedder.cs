using Distiller.Core;
using Distiller.Edge.Native;

namespace Distiller.Edge;

/// <summary>Turns texts into vectors with an embedding model. For use by one thread at a time.</summary>
public sealed unsafe class EdgeEmbedder : IDisposable
{
    private readonly EdgeModel _model;
    private readonly ContextHandle _context;

    private EdgeEmbedder(EdgeModel model, ContextHandle context)
    {
        _model = model;
        _context = context;
        Width = LlamaApi.llama_model_n_embd(model.Handle);
    }

    /// <summary>Numbers in a vector.</summary>
    public int Width { get; }

    internal static EdgeEmbedder Open(EdgeModel model)
    {
        if (model.Architecture != "bert")
        {
            throw new BadInputException(
                new SourceLocation(model.Path, 0),
                $"A {model.Architecture} model writes text; it makes no embeddings.",
                "Use a bert model with pooling, for example all-MiniLM-L6-v2."
            );
        }

        var p = LlamaApi.llama_context_default_params();
        // An encoder sees a text whole: batch and context are one.
        p.ContextTokens = p.BatchTokens = p.MicroBatchTokens = (uint)Math.Min(model.ContextLength, 8192);
        p.SequencesMax = 1;
        p.Embeddings = 1;
        p.Threads = p.ThreadsBatch = model.Options.Threads;
        p.NoPerformanceCounters = 1;
        NativeLog.Clear();
        var context = LlamaApi.llama_init_from_model(model.Handle, p);
        return context != 0
            ? new EdgeEmbedder(model, new ContextHandle(context, model.Handle))
            : throw new BadInputException(
                new SourceLocation(model.Path, 0),
                $"llama.cpp cannot open an embedding context: {NativeLog.Errors()}.",
                "Use a bert model with pooling."
            );
    }

    /// <summary>
    /// A vector of length 1: the product of two is their cosine. Of a text longer than the model's context the beginning counts.
    /// </summary>
    public float[] Embed(string text)
    {
        var tokens = _model.Tokenizer.Tokenize(text, addSpecial: true);
        var limit = Math.Min(_model.ContextLength, 8192);
        if (tokens.Length > limit)
        {
            // The model was trained with its separator at the end.
            tokens = [.. tokens[..(limit - 1)], tokens[^1]];
        }

        if (tokens.Length == 0)
        {
            throw new ArgumentException("The text has no tokens.", nameof(text));
        }

        Encode(tokens);
        var vector = LlamaApi.llama_get_embeddings_seq(_context, 0);
        return vector is not null
            ? Normalise(new ReadOnlySpan<float>(vector, Width))
            : throw new BadInputException(
                new SourceLocation(_model.Path, 0),
                "The model gives a vector per token and none for the text.",
                "Use a model with mean or CLS pooling."
            );
    }

    public void Dispose() => _context.Dispose();

    private void Encode(int[] tokens)
    {
        var flags = new byte[tokens.Length];
        Array.Fill(flags, (byte)1);
        NativeLog.Clear();
        fixed (int* token = tokens)
        fixed (byte* wants = flags)
        {
            var result = LlamaApi.llama_encode(
                _context,
                new LlamaBatch
                {
                    Count = tokens.Length,
                    Tokens = token,
                    WantsLogits = wants,
                }
            );
            if (result != 0)
            {
                throw new InvalidOperationException($"llama.cpp could not encode ({result}): {NativeLog.Errors()}.");
            }
        }
    }

    private float[] Normalise(ReadOnlySpan<float> vector)
    {
        var squares = 0.0;
        foreach (var x in vector)
        {
            squares += (double)x * x;
        }

        var result = new float[vector.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (float)(vector[i] / Math.Sqrt(squares));
        }

        return double.IsFinite(squares) && squares > 0
            ? result
            : throw new BadInputException(
                new SourceLocation(_model.Path, 0),
                "The model's vector is not a direction.",
                "Its weights are damaged: fetch it again."
            );
    }
}
