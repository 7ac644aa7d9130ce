namespace Distiller.Edge.Serving;

/// <summary>
/// Guesses how an answer goes on by looking up its last tokens in what stands before them (Saxena, "Prompt lookup decoding",
/// 2023): names, numbers and calls are repeated more often than not.
/// </summary>
internal static class PromptLookup
{
    private const int LongestMatch = 4;
    private const int ShortestMatch = 2;

    /// <param name="tokens">Prompt and answer so far.</param>
    /// <param name="most">Tokens guessed at most.</param>
    /// <returns>What followed the last tokens where they last occurred; none where they did not.</returns>
    public static ReadOnlySpan<int> Guess(ReadOnlySpan<int> tokens, int most)
    {
        for (var length = Math.Min(LongestMatch, tokens.Length - 1); length >= ShortestMatch && most > 0; length--)
        {
            var at = tokens[..^1].LastIndexOf(tokens[^length..]);
            if (at >= 0)
            {
                var from = at + length;
                return tokens.Slice(from, Math.Min(most, tokens.Length - from));
            }
        }

        return [];
    }
}
