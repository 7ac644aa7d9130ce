using System.Numerics.Tensors;

namespace Distiller.Mining.Similar;

/// <summary>
/// Finds tasks that ask the same in other words: vectors at a cosine of 0.998 or more, and the very same particulars (see
/// <see cref="TaskSlots"/>), since "cancel order 17" and "cancel order 71" are near each other in any embedding.
/// </summary>
public static class SameMeaning
{
    public const double CosineMin = 0.998;

    /// <summary>Compared in each bucket at most; members of one bucket are nearly the same, and one stands for the others.</summary>
    private const int RepresentativesPerBucket = 8;

    /// <param name="keys">In any order.</param>
    /// <param name="read">Gives the vectors of some tasks by their ids; asked once.</param>
    /// <returns>Pairs of different tasks, each as its <see cref="TaskKeys.TaskId"/>.</returns>
    public static IReadOnlyList<(string A, string B)> Find(
        IEnumerable<TaskKeys> keys,
        Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, float[]>> read
    )
    {
        var candidates = Candidates(keys);
        var ids = candidates.SelectMany(c => new[] { c.A.Id, c.B.Id }).ToHashSet(StringComparer.Ordinal);
        var vectors = ids.Count == 0 ? new Dictionary<string, float[]>() : read(ids);
        return
        [
            .. candidates
                .Where(c => TensorPrimitives.Dot<float>(vectors[c.A.Id], vectors[c.B.Id]) >= CosineMin)
                .Select(c => (c.A.TaskId, c.B.TaskId)),
        ];
    }

    private static List<(TaskKeys A, TaskKeys B)> Candidates(IEnumerable<TaskKeys> keys)
    {
        var buckets = new Dictionary<(long Band, long Slots), List<TaskKeys>>();
        var pairs = new Dictionary<(string, string), (TaskKeys, TaskKeys)>();
        foreach (var task in keys.OrderBy(k => k.Id, StringComparer.Ordinal))
        {
            foreach (var band in task.Bands)
            {
                if (!buckets.TryGetValue((band, task.Slots), out var bucket))
                {
                    buckets[(band, task.Slots)] = [task];
                    continue;
                }

                foreach (var other in bucket.Where(o => o.TaskId != task.TaskId))
                {
                    pairs.TryAdd((other.TaskId, task.TaskId), (other, task));
                }

                if (bucket.Count < RepresentativesPerBucket)
                {
                    bucket.Add(task);
                }
            }
        }

        return [.. pairs.Values];
    }
}
