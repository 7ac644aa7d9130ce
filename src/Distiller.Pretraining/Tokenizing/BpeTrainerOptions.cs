namespace Distiller.Pretraining.Tokenizing;

public sealed record BpeTrainerOptions
{
    private const int VocabularySizeMax = 1 << 18;

    /// <summary>
    /// Tokens at most, special tokens and the 256 bytes among them. A corpus in which no pair is left twice gives fewer.
    /// </summary>
    public int VocabularySize { get; init; } = 2048;

    /// <summary>Get the first ids, in this order.</summary>
    public IReadOnlyList<SpecialToken> SpecialTokens { get; init; } = SpecialToken.OfAgents;

    /// <exception cref="BadInputException">An option is outside its range.</exception>
    public void Validate()
    {
        var least = 256 + SpecialTokens.Count;
        if (VocabularySize < least || VocabularySize > VocabularySizeMax)
        {
            throw Bad(
                $"A vocabulary of {VocabularySize} tokens is asked for.",
                $"Choose {least} (256 bytes and {SpecialTokens.Count} special tokens) to {VocabularySizeMax}."
            );
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (text, _) in SpecialTokens)
        {
            // So that none can be spelled by merges too: its text is cut out of the corpus, and ASCII is its own spelling.
            if (text.Length < 2 || !text.All(c => c is > ' ' and <= '~') || !seen.Add(text))
            {
                throw Bad(
                    $"The special token '{text}' cannot be used.",
                    "Give each two or more printable ASCII characters without a space, and each once."
                );
            }
        }
    }

    private static BadInputException Bad(string reason, string remedy) =>
        new(new SourceLocation("tokenizer options", 0), reason, remedy);
}
