namespace Distiller.Retrieval;

/// <summary>
/// Okapi BM25 over the words of the texts. The score of text d for query q is the sum over the distinct words w of q of
/// <c>idf(w) · f (k1 + 1) / (f + k1 (1 - b + b |d| / avg))</c>, where f is how often w stands in d, |d| the words of d and
/// avg the mean of that over all texts; <c>idf(w) = ln(1 + (N - n + 0.5) / (n + 0.5))</c> with n of N texts holding w.
/// </summary>
/// <remarks>
/// Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), equation 3.15, with the
/// idf of Robertson and Spärck Jones (1976). The 1 below the logarithm, as Lucene has it, keeps the weight of a word that
/// most texts hold above zero.
/// </remarks>
public sealed class Bm25Index : ITextIndex
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    private readonly Dictionary<string, List<Posting>> _postings = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly double _lengthMean;

    public Bm25Index(IReadOnlyList<string> texts)
    {
        _lengths = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            var words = TextWords.Of(texts[i]);
            _lengths[i] = words.Count;
            foreach (var word in words.CountBy(w => w, StringComparer.Ordinal))
            {
                if (!_postings.TryGetValue(word.Key, out var postings))
                {
                    _postings[word.Key] = postings = [];
                }

                postings.Add(new Posting(i, word.Value));
            }
        }

        _lengthMean = texts.Count == 0 ? 0 : _lengths.Average();
    }

    /// <summary>A text that shares no word with the query is no match, so there may be fewer than k.</summary>
    public TextMatches Search(string query, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var scores = new Dictionary<int, double>();
        foreach (var word in TextWords.Of(query).Distinct(StringComparer.Ordinal))
        {
            foreach (var posting in _postings.GetValueOrDefault(word) ?? [])
            {
                scores[posting.Position] = scores.GetValueOrDefault(posting.Position) + Score(word, posting);
            }
        }

        return new TextMatches(
            [
                .. scores
                    .Select(s => new TextMatch(s.Key, s.Value))
                    .OrderByDescending(m => m.Score)
                    .ThenBy(m => m.Position)
                    .Take(k),
            ],
            EmbeddingTokens: 0
        );
    }

    private double Score(string word, Posting posting)
    {
        var holding = _postings[word].Count;
        var idf = Math.Log(1 + (_lengths.Length - holding + 0.5) / (holding + 0.5));
        var length = 1 - B + B * _lengths[posting.Position] / _lengthMean;
        return idf * posting.Count * (K1 + 1) / (posting.Count + K1 * length);
    }

    private readonly record struct Posting(int Position, int Count);
}
