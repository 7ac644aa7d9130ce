namespace Distiller.Scrubbing.Names;

/// <summary>Words that were drawn from a list: none of them ties a sentence together.</summary>
internal static class DrawnWords
{
    private static readonly HashSet<string> s_ties = new(StringComparer.OrdinalIgnoreCase)
    {
        "the",
        "and",
        "but",
        "for",
        "with",
        "your",
        "you",
        "not",
        "too",
        "only",
        "that",
        "this",
        "from",
        "into",
        "within",
        "when",
        "who",
        "which",
        "must",
        "should",
        "can",
        "will",
        "has",
        "have",
        "been",
        "are",
        "was",
        "than",
        "more",
        "before",
        "after",
        "one",
        "its",
        "our",
        "their",
        "them",
        "there",
        "then",
        "very",
        "also",
        "all",
        "any",
        "use",
        "wrong",
        "same",
        "least",
        "what",
        "what's",
        "how",
        "where",
        "why",
        "because",
        "while",
        "until",
        "such",
        "something",
        "long",
        "short",
        "empty",
        "der",
        "die",
        "das",
        "und",
        "oder",
        "nicht",
        "ein",
        "eine",
        "für",
        "mit",
        "von",
        "zum",
        "noch",
        "nur",
        "sehr",
        "wird",
        "wurde",
        "hat",
        "kann",
        "muss",
        "sein",
        "les",
        "une",
        "des",
        "dans",
        "pour",
        "pas",
        "trop",
        "plus",
        "avec",
        "sur",
        "par",
        "het",
        "een",
        "niet",
        "van",
        "voor",
        "att",
        "inte",
        "och",
        "som",
        "för",
    };

    private static readonly string[] s_endings = ["ed", "ing", "ly", "able", "ible"];

    public static bool Are(ReadOnlySpan<char> value)
    {
        foreach (var range in value.Split(' '))
        {
            var word = value[range];
            if (s_ties.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) || word.Length > 5 && IsDerived(word))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>stored</c>, <c>currently</c>: what is said of a thing.</summary>
    private static bool IsDerived(ReadOnlySpan<char> word)
    {
        foreach (var ending in s_endings)
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
