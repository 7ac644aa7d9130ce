namespace Distiller.Pretraining.Tokenizing;

/// <summary>A byte-level BPE vocabulary, as a GGUF file holds one.</summary>
/// <param name="Tokens">
/// V texts, each once; the place is the id. Special tokens are written as they are, all others in GPT-2's alphabet of
/// bytes, where a space is <c>Ġ</c>.
/// </param>
/// <param name="Merges">
/// Pairs whose texts, joined, are a token again; the place is the rank, and lower ranks are applied first.
/// </param>
/// <param name="SpecialTokens">Ids of the special tokens, which no merge produces, and their kinds.</param>
public sealed record BpeVocabulary(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<TokenPair> Merges,
    IReadOnlyDictionary<int, SpecialTokenKind> SpecialTokens
)
{
    /// <summary>The id of a special token.</summary>
    /// <exception cref="ArgumentException">There is no such special token.</exception>
    public int SpecialId(string text)
    {
        foreach (var id in SpecialTokens.Keys)
        {
            if (Tokens[id] == text)
            {
                return id;
            }
        }

        throw new ArgumentException($"The vocabulary has no special token '{text}'.", nameof(text));
    }
}

/// <summary>Two neighbouring tokens, by id. Ordered by the left one, then the right one.</summary>
public readonly record struct TokenPair(int Left, int Right) : IComparable<TokenPair>
{
    public int CompareTo(TokenPair other) =>
        Left != other.Left ? Left.CompareTo(other.Left) : Right.CompareTo(other.Right);

    public static bool operator <(TokenPair left, TokenPair right) => left.CompareTo(right) < 0;

    public static bool operator <=(TokenPair left, TokenPair right) => left.CompareTo(right) <= 0;

    public static bool operator >(TokenPair left, TokenPair right) => left.CompareTo(right) > 0;

    public static bool operator >=(TokenPair left, TokenPair right) => left.CompareTo(right) >= 0;
}
