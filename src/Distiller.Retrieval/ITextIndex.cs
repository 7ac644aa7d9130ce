namespace Distiller.Retrieval;

/// <summary>Texts, by position, that can be searched for those nearest to a query.</summary>
public interface ITextIndex
{
    /// <param name="k">Most matches; one or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below one.</exception>
    TextMatches Search(string query, int k);
}

/// <summary>What a query found.</summary>
/// <param name="Best">The best first; of equal scores the lower position.</param>
/// <param name="EmbeddingTokens">Tokens that an embedding model read for the query; 0 without one.</param>
public sealed record TextMatches(IReadOnlyList<TextMatch> Best, long EmbeddingTokens);

/// <param name="Position">Of the text in the index, from 0.</param>
/// <param name="Score">Comparable within one index and one query only.</param>
public readonly record struct TextMatch(int Position, double Score);
