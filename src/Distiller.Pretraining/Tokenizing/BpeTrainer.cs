using System.Runtime.InteropServices;
using System.Text;

namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// Learns a byte-level BPE vocabulary: starting from bytes, the most frequent pair of neighbours inside a word becomes
/// a token, again and again (Sennrich, Haddow and Birch 2016; on bytes, Radford et al. 2019). Ties go to the smallest
/// pair of ids, so the same texts give the same vocabulary, in whatever order they come.
/// </summary>
public static class BpeTrainer
{
    /// <param name="texts">
    /// Words are cut as <see cref="BpeTokenizer"/> cuts them, special tokens are left out, and a lone surrogate counts
    /// as U+FFFD.
    /// </param>
    /// <returns>Special tokens, then the 256 bytes, then what was merged, each in order.</returns>
    /// <exception cref="BadInputException">An option is outside its range, or the texts hold no word.</exception>
    public static BpeVocabulary Train(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var specials = options.SpecialTokens;
        List<string> tokens =
        [
            .. specials.Select(t => t.Text),
            .. Enumerable.Range(0, 256).Select(b => ByteAlphabet.Spell((byte)b)),
        ];
        var merges = new List<TokenPair>();
        var candidates = new MergeCandidates(
            CountWords(texts, specials)
                .Select(w => (Encoding.UTF8.GetBytes(w.Key).Select(b => specials.Count + b).ToArray(), w.Value))
        );
        while (tokens.Count < options.VocabularySize && candidates.TryTake(out var pair))
        {
            // This text is new: the merges applied to a sequence of letters depend only on these letters.
            tokens.Add(tokens[pair.Left] + tokens[pair.Right]);
            merges.Add(pair);
            candidates.Merge(pair, tokens.Count - 1);
        }

        return new BpeVocabulary(tokens, merges, specials.Index().ToDictionary(t => t.Index, t => t.Item.Kind));
    }

    private static Dictionary<string, long> CountWords(IEnumerable<string> texts, IReadOnlyList<SpecialToken> specials)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var splitter = new SpecialTokenSplitter(specials.Index());
        foreach (var text in texts)
        {
            splitter.Split(text, control: true, (piece, _) => CountPiece(piece));
        }

        return counts.Count > 0
            ? counts
            : throw new BadInputException(
                new SourceLocation("tokenizer corpus", 0),
                "There is no text to learn a vocabulary from.",
                "Give at least one text that is not empty."
            );

        void CountPiece(ReadOnlySpan<char> piece)
        {
            while (!piece.IsEmpty)
            {
                var length = WordSplitter.FirstWordLength(piece);
                CollectionsMarshal.GetValueRefOrAddDefault(bySpan, piece[..length], out _)++;
                piece = piece[length..];
            }
        }
    }
}

public sealed record BpeTrainerOptions
{
    private const int VocabularySizeMax = 1 << 18;

    /// <summary>
    /// Maximum number of tokens, including special tokens and the 256 bytes. A corpus in which no pair occurs twice any
    /// more gives fewer.
    /// </summary>
    public int VocabularySize { get; init; } = 2048;

    /// <summary>Special tokens; they get the first ids, in this order.</summary>
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
            // Printable ASCII only, which the byte alphabet spells as itself: no merge can then produce the text of a
            // special token, because the corpus is cut at these texts.
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
