using Distiller.Core;
using Distiller.Edge.Llama;
using LLama.Native;

namespace Distiller.Edge;

/// <summary>Turns texts into vectors with an embedding model. For use by one thread at a time.</summary>
public sealed class EdgeEmbedder : IDisposable
{
    private const int TokensMax = 8192;

    private readonly EdgeModel _model;
    private readonly SafeLLamaContextHandle _context;

    private EdgeEmbedder(EdgeModel model, SafeLLamaContextHandle context)
    {
        _model = model;
        _context = context;
        Width = model.Handle.EmbeddingSize;
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

        var p = LLamaContextParams.Default();
        // An encoder sees a text whole: batch and context are one.
        p.n_ctx = p.n_batch = p.n_ubatch = (uint)Math.Min(model.ContextLength, TokensMax);
        p.n_seq_max = 1;
        p.embeddings = true;
        p.n_threads = p.n_threads_batch = model.Options.Threads;
        p.no_perf = true;
        const string remedy = "Use a bert model with mean or CLS pooling.";
        var context = Contexts.Create(model, p, "an embedding context", remedy);
        if (context.PoolingType is LLamaPoolingType.None or LLamaPoolingType.Unspecified)
        {
            context.Dispose();
            throw new BadInputException(
                new SourceLocation(model.Path, 0),
                "The model gives a vector per token and none for the text.",
                remedy
            );
        }

        return new EdgeEmbedder(model, context);
    }

    /// <summary>
    /// A vector of length 1: the product of two is their cosine. Of a text longer than the model's context the beginning counts.
    /// </summary>
    public float[] Embed(string text)
    {
        var tokens = Tokens(text);
        if (tokens.Length == 0)
        {
            throw new ArgumentException("The text has no tokens.", nameof(text));
        }

        Encode(tokens);
        return Normalise(_context.GetEmbeddingsSeq(LLamaSeqId.Zero));
    }

    /// <summary>Tokens that <see cref="Embed"/> evaluates for the text, special ones included.</summary>
    public int CountTokens(string text) => Tokens(text).Length;

    public void Dispose() => _context.Dispose();

    private int[] Tokens(string text)
    {
        var tokens = _model.Tokenizer.Tokenize(text, addSpecial: true);
        var limit = Math.Min(_model.ContextLength, TokensMax);
        // The model was trained with its separator at the end.
        return tokens.Length > limit ? [.. tokens[..(limit - 1)], tokens[^1]] : tokens;
    }

    private void Encode(int[] tokens)
    {
        var batch = new LLamaBatch();
        for (var i = 0; i < tokens.Length; i++)
        {
            batch.Add(tokens[i], i, LLamaSeqId.Zero, logits: true);
        }

        LlamaLog.Clear();
        var result = _context.Encode(batch);
        if (result != DecodeResult.Ok)
        {
            throw new InvalidOperationException($"llama.cpp could not encode ({result}): {LlamaLog.Errors()}.");
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
