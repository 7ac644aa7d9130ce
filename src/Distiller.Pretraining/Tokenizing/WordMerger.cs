namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// Applies merges to one word: the lowest rank first, of equal ranks the leftmost, until none applies. A queue of
/// pairs makes that n log n in the word's length.
/// </summary>
internal sealed class WordMerger
{
    private const int Gone = -2;

    private readonly Dictionary<TokenPair, (int Rank, int Merged)> _merges;
    private readonly PriorityQueue<(TokenPair Pair, int Merged), (int Rank, int Left)> _queue = new();

    public WordMerger(BpeVocabulary vocabulary)
    {
        var ids = vocabulary.Tokens.Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
        _merges = new Dictionary<TokenPair, (int, int)>(vocabulary.Merges.Count);
        foreach (var (rank, pair) in vocabulary.Merges.Index())
        {
            _merges.TryAdd(pair, (rank, ids[vocabulary.Tokens[pair.Left] + vocabulary.Tokens[pair.Right]]));
        }
    }

    /// <param name="word">Byte tokens; negative where a byte has none.</param>
    /// <returns>The tokens; bytes without one are left out.</returns>
    public int[] Merge(int[] word)
    {
        // Neighbours by place in the word; word.Length is the end.
        var next = Enumerable.Range(1, word.Length).ToArray();
        var previous = Enumerable.Range(-1, word.Length).ToArray();
        for (var i = 0; i + 1 < word.Length; i++)
        {
            Propose(i, i + 1);
        }

        while (_queue.TryDequeue(out var merge, out var place))
        {
            var left = place.Left;
            var right = next[left];
            if (right >= word.Length || word[left] != merge.Pair.Left || word[right] != merge.Pair.Right)
            {
                continue;
            }

            word[left] = merge.Merged;
            word[right] = Gone;
            next[left] = next[right];
            if (next[left] < word.Length)
            {
                previous[next[left]] = left;
                Propose(left, next[left]);
            }

            if (previous[left] >= 0)
            {
                Propose(previous[left], left);
            }
        }

        return [.. word.Where(t => t >= 0)];

        void Propose(int left, int right)
        {
            var pair = new TokenPair(word[left], word[right]);
            if (_merges.TryGetValue(pair, out var merge))
            {
                _queue.Enqueue((pair, merge.Merged), (merge.Rank, left));
            }
        }
    }
}
