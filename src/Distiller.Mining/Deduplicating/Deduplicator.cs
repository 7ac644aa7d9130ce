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
