using System.Runtime.InteropServices;

namespace Distiller.Pretraining.Tokenizing;

/// <summary>
/// The words of a corpus as tokens, and how often each pair of neighbours stands in them. A merge touches only the
/// words that hold its pair.
/// </summary>
internal sealed class MergeCandidates
{
    // A pair that occurs once is not worth a token.
    private const long CountMin = 2;

    private readonly List<int[]> _words = [];
    private readonly List<long> _repeats = [];
    private readonly Dictionary<TokenPair, long> _counts = [];

    /// <summary>Words that contain the pair, or contained it before a merge.</summary>
    private readonly Dictionary<TokenPair, HashSet<int>> _places = [];

    // The most frequent first, ties by the smallest pair. Counts may be out of date and are checked when taken.
    private readonly PriorityQueue<TokenPair, (long MinusCount, TokenPair Pair)> _queue = new();

    public MergeCandidates(IEnumerable<(int[] Word, long Count)> words)
    {
        foreach (var (word, count) in words)
        {
            _words.Add(word);
            _repeats.Add(count);
            Count(_words.Count - 1, +1);
            foreach (var pair in Pairs(word))
            {
                AddPlace(pair, _words.Count - 1);
            }
        }

        foreach (var pair in _counts.Keys)
        {
            Enqueue(pair);
        }
    }

    /// <summary>The pair to merge next; false where none is left that stands there twice.</summary>
    public bool TryTake(out TokenPair pair)
    {
        while (_queue.TryDequeue(out pair, out var rank))
        {
            var count = _counts.GetValueOrDefault(pair);
            if (count == -rank.MinusCount && count >= CountMin)
            {
                return true;
            }

            Enqueue(pair);
        }

        return false;
    }

    /// <summary>Writes <paramref name="merged"/> for the pair, from left to right, in every word.</summary>
    public void Merge(TokenPair pair, int merged)
    {
        _places.Remove(pair, out var places);
        var changed = new HashSet<TokenPair>();
        foreach (var place in places ?? [])
        {
            Count(place, -1);
            _words[place] = Merge(_words[place], pair, merged);
            Count(place, +1);
            foreach (var next in Pairs(_words[place]))
            {
                // Only pairs with the new token can have become more frequent, or stand where they did not.
                if (next.Left == merged || next.Right == merged)
                {
                    AddPlace(next, place);
                    changed.Add(next);
                }
            }
        }

        foreach (var next in changed)
        {
            Enqueue(next);
        }
    }

    private static int[] Merge(int[] word, TokenPair pair, int merged)
    {
        var result = new List<int>(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            var here = i + 1 < word.Length && word[i] == pair.Left && word[i + 1] == pair.Right;
            result.Add(here ? merged : word[i]);
            i += here ? 1 : 0;
        }

        return [.. result];
    }

    private static IEnumerable<TokenPair> Pairs(int[] word) =>
        Enumerable.Range(0, Math.Max(0, word.Length - 1)).Select(i => new TokenPair(word[i], word[i + 1]));

    private void Count(int place, int sign)
    {
        foreach (var pair in Pairs(_words[place]))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += sign * _repeats[place];
        }
    }

    private void AddPlace(TokenPair pair, int place) =>
        (CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _) ??= []).Add(place);

    private void Enqueue(TokenPair pair)
    {
        var count = _counts.GetValueOrDefault(pair);
        if (count >= CountMin)
        {
            _queue.Enqueue(pair, (-count, pair));
        }
    }
}
