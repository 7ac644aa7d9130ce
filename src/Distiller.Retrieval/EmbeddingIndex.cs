using Microsoft.Extensions.AI;

namespace Distiller.Retrieval;

/// <summary>Texts by the cosine of their embeddings with that of the query.</summary>
public sealed class EmbeddingIndex : ITextIndex
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _embedder;
    private readonly VectorIndex _vectors;

    /// <param name="embedder">Stays the caller's; it must outlive the index.</param>
    public EmbeddingIndex(IEmbeddingGenerator<string, Embedding<float>> embedder, IReadOnlyList<string> texts)
    {
        _embedder = embedder;
        var embedded = Embed(texts);
        _vectors = new VectorIndex(embedded.Select(e => e.Vector));
        IndexingTokens = Tokens(embedded);
    }

    /// <summary>Tokens that the embedding model read for the texts; 0 for an embedder that is no model.</summary>
    public long IndexingTokens { get; }

    public TextMatches Search(string query, int k)
    {
        var embedded = Embed([query]);
        return new TextMatches(_vectors.Search(embedded[0].Vector.Span, k), Tokens(embedded));
    }

    /// <summary>Embedders here compute in the calling thread: nothing is waited for.</summary>
    private GeneratedEmbeddings<Embedding<float>> Embed(IEnumerable<string> texts) =>
        _embedder.GenerateAsync(texts).GetAwaiter().GetResult();

    private static long Tokens(GeneratedEmbeddings<Embedding<float>> embedded) => embedded.Usage?.InputTokenCount ?? 0;
}
