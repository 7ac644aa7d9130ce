namespace Distiller.Mining.Deduplicating;

/// <summary>
/// Joins tasks with similar signatures by locality-sensitive hashing. Each signature is compared only with the few
/// representatives of the buckets that it falls into, not with every other.
/// </summary>
internal sealed class SimilarTasks(DisjointTasks groups, double similarityMin)
{
    private const int RepresentativesPerBucket = 8;

    private readonly Dictionary<ulong, List<(string Task, uint[] Signature)>> _buckets = [];

    public void Add(string task, uint[] signature)
    {
        for (var band = 0; band < MinHash.Bands; band++)
        {
            var key = MinHash.Band(signature, band);
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                _buckets[key] = [(task, signature)];
                continue;
            }

            foreach (var other in bucket)
            {
                if (
                    !groups.AreJoined(other.Task, task)
                    && MinHash.Similarity(other.Signature, signature) >= similarityMin
                )
                {
                    groups.Join(other.Task, task);
                }
            }

            if (bucket.Count < RepresentativesPerBucket)
            {
                bucket.Add((task, signature));
            }
        }
    }
}
