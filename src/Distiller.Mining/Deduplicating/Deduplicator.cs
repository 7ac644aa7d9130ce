using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Mining.Deduplicating;

/// <summary>
/// Finds episodes that repeat one another and puts tasks that are nearly the same into one group, which the split never
/// divides: tasks that open with the same text, whose users and agents go through nearly the same words and tools, or that
/// work on the same records. Linear in the number of episodes.
/// </summary>
public static class Deduplicator
{
    public static Deduplication Run(IEnumerable<Episode> episodes, DeduplicationOptions? options = null)
    {
        options ??= new DeduplicationOptions();
        OptionsCheck.Require(options);
        // Only fingerprints stay in memory; their order by id makes the order of the input irrelevant.
        var prints = episodes
            .Select(e => new Printed(e.Id, e.TaskId, e.Turns.Count == 0 ? null : Fingerprint.Of(e, options)))
            .OrderBy(e => e.Id)
            .ToList();
        var groups = new DisjointTasks();
        var duplicates = Duplicates(prints, groups);
        var openings = new Dictionary<ulong, string>();
        var similarTalk = new SimilarTasks(groups, options.SimilarityMin);
        var similarCalls = new SimilarTasks(groups, options.CallSimilarityMin);
        var common = CommonCalls(prints, options.TasksPerCallMax);
        foreach (var (_, task, print) in prints)
        {
            if (print?.Opening is { } opening && !openings.TryAdd(opening, task))
            {
                groups.Join(openings[opening], task);
            }

            if (print?.Signature is { } signature)
            {
                similarTalk.Add(task, signature);
            }

            var calls = print is null ? [] : Array.FindAll(print.Calls, c => !common.Contains(c));
            if (calls.Length >= options.CallsMin)
            {
                similarCalls.Add(task, MinHash.Sign(calls));
            }
        }

        return new Deduplication(duplicates, groups.Names());
    }

    /// <summary>Every task gets a group of its own, joined with the tasks whose episodes it repeats.</summary>
    private static SortedDictionary<EpisodeId, EpisodeId> Duplicates(List<Printed> prints, DisjointTasks groups)
    {
        var duplicates = new SortedDictionary<EpisodeId, EpisodeId>();
        var contents = new Dictionary<ulong, Printed>();
        foreach (var printed in prints)
        {
            groups.Add(printed.Task);
            if (printed.Print is { } print && !contents.TryAdd(print.Content, printed))
            {
                var first = contents[print.Content];
                duplicates[printed.Id] = first.Id;
                groups.Join(first.Task, printed.Task);
            }
        }

        return duplicates;
    }

    private static HashSet<ulong> CommonCalls(List<Printed> prints, int tasksMax)
    {
        var tasks = new Dictionary<ulong, HashSet<string>>();
        foreach (var (_, task, print) in prints)
        {
            foreach (var call in print?.Calls ?? [])
            {
                if (!tasks.TryGetValue(call, out var makers))
                {
                    tasks[call] = makers = new HashSet<string>(StringComparer.Ordinal);
                }

                if (makers.Count <= tasksMax)
                {
                    makers.Add(task);
                }
            }
        }

        return [.. tasks.Where(t => t.Value.Count > tasksMax).Select(t => t.Key)];
    }

    private sealed record Printed(EpisodeId Id, string Task, Fingerprint? Print);
}

/// <summary>What <see cref="Deduplicator"/> found.</summary>
/// <param name="Duplicates">Episodes that repeat another word for word, with the one that stays.</param>
/// <param name="GroupOf">For every task the name of its group: the ordinally first task in it.</param>
public sealed record Deduplication(
    IReadOnlyDictionary<EpisodeId, EpisodeId> Duplicates,
    IReadOnlyDictionary<string, string> GroupOf
)
{
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
