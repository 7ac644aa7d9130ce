namespace Distiller.Mining.Deduplicating;

/// <summary>
/// Joins tasks with similar signatures by locality-sensitive hashing. Each signature is compared only with the few
/// representatives of the buckets that it falls into, not with every other.
/// </summary>
internal sealed class SimilarTasks(DisjointTasks groups, double similarityMin)
{
    private const int RepresentativesPerBucket = 8;

    private readonly List<(string Task, int[] Signature)> _seen = [];

    /// <summary>The first member of each bucket; most buckets have no other, so only the rest pay for a list.</summary>
    private readonly Dictionary<ulong, int> _first = [];
    private readonly Dictionary<ulong, List<int>> _others = [];

    public void Add(string task, int[] signature)
    {
        var number = _seen.Count;
        _seen.Add((task, signature));
        for (var band = 0; band < MinHash.Bands; band++)
        {
            var key = MinHash.Band(signature, band);
            if (_first.TryAdd(key, number))
            {
                continue;
            }

            Compare(_first[key], task, signature);
            if (!_others.TryGetValue(key, out var others))
            {
                _others[key] = others = [];
            }

            foreach (var other in others)
            {
                Compare(other, task, signature);
            }

            if (others.Count + 1 < RepresentativesPerBucket)
            {
                others.Add(number);
            }
        }
    }

    private void Compare(int number, string task, int[] signature)
    {
        var other = _seen[number];
        if (!groups.AreJoined(other.Task, task) && MinHash.Similarity(other.Signature, signature) >= similarityMin)
        {
            groups.Join(other.Task, task);
        }
    }
}
