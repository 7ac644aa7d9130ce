using Distiller.Core;

namespace Distiller.Mining.Deduplicating;

/// <summary>
/// Finds episodes that repeat one another and puts tasks that are nearly the same into one group, which the split never
/// divides. Linear in the number of episodes: each is compared only with the few representatives of the hash buckets that it
/// falls into, not with every other.
/// </summary>
public static class Deduplicator
{
    private const int RepresentativesPerBucket = 8;

    public static Deduplication Run(IEnumerable<Episode> episodes, DeduplicationOptions? options = null)
    {
        options ??= new DeduplicationOptions();
        options.Check();
        // Only fingerprints stay in memory; their order by id makes the order of the input irrelevant.
        var prints = episodes
            .Select(e => (e.Id, e.TaskId, Print: e.Turns.Count == 0 ? null : Fingerprint.Of(e, options)))
            .OrderBy(e => e.Id)
            .ToList();
        var groups = new DisjointTasks();
        var duplicates = new SortedDictionary<EpisodeId, EpisodeId>();
        var contents = new Dictionary<ulong, (EpisodeId Id, string TaskId)>();
        var openings = new Dictionary<ulong, string>();
        var buckets = new Dictionary<ulong, List<Seen>>();
        foreach (var (id, task, print) in prints)
        {
            groups.Add(task);
            if (print is null)
            {
                continue; // Nothing recorded: nothing to compare.
            }

            if (!contents.TryAdd(print.Content, (id, task)))
            {
                var first = contents[print.Content];
                duplicates[id] = first.Id;
                groups.Join(first.TaskId, task);
                continue;
            }

            if (print.Opening is { } opening && !openings.TryAdd(opening, task))
            {
                groups.Join(openings[opening], task);
            }

            if (print.Signature is { } signature)
            {
                Compare(new Seen(task, signature), buckets, groups, options.SimilarityMin);
            }
        }

        return new Deduplication(duplicates, groups.Names());
    }

    private static void Compare(
        Seen seen,
        Dictionary<ulong, List<Seen>> buckets,
        DisjointTasks groups,
        double similarityMin
    )
    {
        for (var band = 0; band < MinHash.Bands; band++)
        {
            var key = MinHash.Band(seen.Signature, band);
            if (!buckets.TryGetValue(key, out var bucket))
            {
                buckets[key] = [seen];
                continue;
            }

            foreach (var other in bucket)
            {
                if (
                    !groups.AreJoined(other.TaskId, seen.TaskId)
                    && MinHash.Similarity(other.Signature, seen.Signature) >= similarityMin
                )
                {
                    groups.Join(other.TaskId, seen.TaskId);
                }
            }

            if (bucket.Count < RepresentativesPerBucket)
            {
                bucket.Add(seen);
            }
        }
    }

    private sealed record Seen(string TaskId, uint[] Signature);
}
