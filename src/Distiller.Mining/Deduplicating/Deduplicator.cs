using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Mining.Digesting;

namespace Distiller.Mining.Deduplicating;

/// <summary>
/// Finds episodes that repeat one another and puts tasks that are nearly the same into one group, which the split never
/// divides: tasks that ask the same in other words, tasks of one session or of its forks, tasks that open with the same text, whose users and agents go through nearly the same words and tools, or that
/// work on the same records. Linear in the number of episodes.
/// </summary>
public static class Deduplicator
{
    /// <param name="same">Pairs of tasks, by their names, that are known to be the same.</param>
    public static Deduplication Run(
        IEnumerable<EpisodeDigest> episodes,
        DeduplicationOptions? options = null,
        IReadOnlyList<(string A, string B)>? same = null
    )
    {
        options ??= new DeduplicationOptions();
        OptionsCheck.Require(options);
        // Their order by id makes the order of the input irrelevant.
        var digests = episodes.OrderBy(e => e.Id, StringComparer.Ordinal).ToList();
        var groups = new DisjointTasks();
        var duplicates = Duplicates(digests, groups);
        var openings = new Dictionary<long, string>();
        var forks = new Dictionary<long, string>();
        var sessions = new Dictionary<string, string>(StringComparer.Ordinal);
        var similarTalk = new SimilarTasks(groups, options.SimilarityMin);
        var similarCalls = new SimilarTasks(groups, options.CallSimilarityMin);
        var common = CommonCalls(digests, options.TasksPerCallMax);
        foreach (var digest in digests)
        {
            if (digest.Opening is { } opening && !openings.TryAdd(opening, digest.TaskId))
            {
                groups.Join(openings[opening], digest.TaskId);
            }

            if (digest.Fork is { } fork && !forks.TryAdd(fork, digest.TaskId))
            {
                groups.Join(forks[fork], digest.TaskId);
            }

            if (digest.Session is { } session && !sessions.TryAdd(session, digest.TaskId))
            {
                groups.Join(sessions[session], digest.TaskId);
            }

            if (digest.Signature.Length > 0)
            {
                similarTalk.Add(digest.TaskId, digest.Signature);
            }

            var calls = Array.FindAll(digest.Calls, c => !common.Contains(c));
            if (calls.Length >= options.CallsMin)
            {
                similarCalls.Add(digest.TaskId, MinHash.Sign(calls));
            }
        }

        var fused = new DisjointTasks();
        foreach (var (a, b) in same ?? [])
        {
            groups.Join(a, b);
            fused.Join(a, b);
        }

        return new Deduplication(duplicates, groups.Names()) { SameAs = fused.Names() };
    }

    /// <summary>Every task gets a group of its own, joined with the tasks whose episodes it repeats.</summary>
    private static SortedDictionary<EpisodeId, EpisodeId> Duplicates(List<EpisodeDigest> digests, DisjointTasks groups)
    {
        var duplicates = new SortedDictionary<EpisodeId, EpisodeId>();
        var contents = new Dictionary<long, EpisodeDigest>();
        foreach (var digest in digests)
        {
            groups.Add(digest.TaskId);
            if (digest.Turns > 0 && !contents.TryAdd(digest.Content, digest))
            {
                var first = contents[digest.Content];
                duplicates[digest.EpisodeId] = first.EpisodeId;
                groups.Join(first.TaskId, digest.TaskId);
            }
        }

        return duplicates;
    }

    private static HashSet<long> CommonCalls(List<EpisodeDigest> digests, int tasksMax)
    {
        var tasks = new Dictionary<long, HashSet<string>>();
        foreach (var digest in digests)
        {
            foreach (var call in digest.Calls)
            {
                if (!tasks.TryGetValue(call, out var makers))
                {
                    tasks[call] = makers = new HashSet<string>(StringComparer.Ordinal);
                }

                if (makers.Count <= tasksMax)
                {
                    makers.Add(digest.TaskId);
                }
            }
        }

        return [.. tasks.Where(t => t.Value.Count > tasksMax).Select(t => t.Key)];
    }
}

/// <summary>What <see cref="Deduplicator"/> found.</summary>
/// <param name="Duplicates">Episodes that repeat another word for word, with the one that stays.</param>
/// <param name="GroupOf">For every task the name of its group: the ordinally first task in it.</param>
public sealed record Deduplication(
    IReadOnlyDictionary<EpisodeId, EpisodeId> Duplicates,
    IReadOnlyDictionary<string, string> GroupOf
)
{
    /// <summary>Of tasks that ask the same in other words, the name of the ordinally first; others are not in it.</summary>
    public IReadOnlyDictionary<string, string> SameAs { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Tasks that ask what another asks.</summary>
    public int Reworded => SameAs.Count(s => s.Key != s.Value);

    public int Groups => GroupOf.Values.Distinct(StringComparer.Ordinal).Count();
}

public sealed record DeduplicationOptions
{
    /// <summary>
    /// Estimated Jaccard similarity of two episodes (user's words and tool sequence, numbers masked) from which their tasks
    /// count as the same. Sample workloads whose tasks are written from few templates want it near 1.
    /// </summary>
    [Setting("similarity", "Similarity from which two tasks count as the same; 1 for logs written from few templates")]
    [Range(0.01, 1.0)]
    public double SimilarityMin { get; init; } = 0.8;

    /// <summary>
    /// Estimated Jaccard similarity of the tool calls of two episodes, arguments included, from which their tasks count as the
    /// same: both work on the same records. Calls that many tasks make (listing a folder) do not count.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CallSimilarityMin { get; init; } = 0.5;

    /// <summary>Tasks that may make the very same call before it tells nothing.</summary>
    [Range(2, int.MaxValue)]
    public int TasksPerCallMax { get; init; } = 5;

    /// <summary>Telling calls an episode must hold to be compared by its calls.</summary>
    [Range(1, int.MaxValue)]
    public int CallsMin { get; init; } = 3;

    /// <summary>Words of an opening user turn from which two tasks that open with exactly the same text count as the same.</summary>
    [Range(1, int.MaxValue)]
    public int OpeningWordsMin { get; init; } = 12;
}
