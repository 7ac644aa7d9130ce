using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Mining.Digesting;

namespace Distiller.Mining.Splitting;

/// <summary>Divides task groups into train and holdout; a group is never divided.</summary>
public static class Splitter
{
    /// <param name="groupOf">For every task its group, as <see cref="Deduplicating.Deduplication"/> gives it.</param>
    public static SplitAssignment Run(
        IEnumerable<EpisodeDigest> episodes,
        IReadOnlyDictionary<string, string> groupOf,
        SplitOptions? options = null
    )
    {
        options ??= new SplitOptions();
        OptionsCheck.Require(options);
        var groups = Collect(episodes, groupOf, options.Seed);
        var byTime = options.ByTime && SpanDays(groups) >= options.DaysMin;
        var held = byTime ? Newest(groups, options.HoldoutShare) : Drawn(groups, options.HoldoutShare);
        var tasks = new SortedDictionary<string, Split>(StringComparer.Ordinal);
        foreach (var task in groups.SelectMany(g => g.Tasks))
        {
            tasks[task] = held.Contains(groupOf[task]) ? Split.Holdout : Split.Train;
        }

        return new SplitAssignment(tasks, byTime ? SplitMethod.Time : SplitMethod.Hash);
    }

    /// <summary>In the order of their draws; one pass, no episode is kept.</summary>
    private static List<Group> Collect(
        IEnumerable<EpisodeDigest> episodes,
        IReadOnlyDictionary<string, string> groupOf,
        long seed
    )
    {
        var groups = new Dictionary<string, Group>(StringComparer.Ordinal);
        foreach (var episode in episodes)
        {
            var name = groupOf[episode.TaskId];
            if (!groups.TryGetValue(name, out var group))
            {
                groups[name] = group = new Group(name, Draw(name, seed));
            }

            group.Add(episode);
        }

        return [.. groups.Values.OrderBy(g => g.Draw).ThenBy(g => g.Name, StringComparer.Ordinal)];
    }

    /// <summary>A number in [0, 1) that depends on the seed and the group's name alone.</summary>
    private static double Draw(string name, long seed)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{name}"));
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    private static double SpanDays(List<Group> groups) =>
        groups.Max(g => g.Newest) is { } newest && groups.Min(g => g.Oldest) is { } oldest
            ? (newest - oldest).TotalDays
            : 0;

    private static HashSet<string> Drawn(List<Group> groups, double share)
    {
        var held = groups.Where(g => g.Draw < share).Select(g => g.Name).ToHashSet(StringComparer.Ordinal);
        if (groups.Count > 1 && held.Count == 0)
        {
            held.Add(groups[0].Name); // At least one on each side.
        }
        else if (groups.Count > 1 && held.Count == groups.Count)
        {
            held.Remove(groups[^1].Name);
        }
        else if (groups.Count == 1)
        {
            held.Clear(); // One group alone is for learning.
        }

        return held;
    }

    /// <summary>
    /// Holds out the groups whose newest episode is latest. Every training episode is then no later than the newest of any
    /// held-out group; groups without a time count as old.
    /// </summary>
    private static HashSet<string> Newest(List<Group> groups, double share)
    {
        var count = Math.Clamp((int)Math.Round(groups.Count * share), 1, Math.Max(1, groups.Count - 1));
        return groups.Count == 1
            ? []
            : groups
                .OrderByDescending(g => g.Newest ?? DateTimeOffset.MinValue)
                .ThenBy(g => g.Draw)
                .Take(count)
                .Select(g => g.Name)
                .ToHashSet(StringComparer.Ordinal);
    }

    private sealed record Group(string Name, double Draw)
    {
        public HashSet<string> Tasks { get; } = new(StringComparer.Ordinal);
        public DateTimeOffset? Oldest { get; private set; }
        public DateTimeOffset? Newest { get; private set; }

        public void Add(EpisodeDigest episode)
        {
            Tasks.Add(episode.TaskId);
            if (episode.StartedAt is { } time)
            {
                Oldest = Oldest < time ? Oldest : time;
                Newest = Newest > time ? Newest : time;
            }
        }
    }
}

/// <summary>On which side each task stands, fixed before anything is mined.</summary>
/// <param name="Tasks">By task, in ordinal order.</param>
public sealed record SplitAssignment(IReadOnlyDictionary<string, Split> Tasks, SplitMethod Method)
{
    public Split Of(string task) => Tasks[task];

    public int Count(Split split) => Tasks.Values.Count(s => s == split);
}

public enum SplitMethod
{
    /// <summary>By a hash of seed and task: a task keeps its side when others come or go.</summary>
    Hash,

    /// <summary>By time: the newest tasks are held out, so that training is always earlier than the test.</summary>
    Time,
}

public sealed record SplitOptions
{
    /// <summary>Of the task groups.</summary>
    [Setting("holdout", "Share of the tasks kept out of mining and training, for evaluation")]
    [Range(0.05, 0.5)]
    public double HoldoutShare { get; init; } = 0.2;

    public long Seed { get; init; } = 1;

    /// <summary>By time only when the episodes span at least <see cref="DaysMin"/> days, else by hash.</summary>
    [Setting("split", "How they are chosen: hash (at random, by the seed) or time (the newest)")]
    [JsonIgnore]
    public SplitMethod Method { get; init; }

    /// <summary>What a recipe holds, as ever: it would be another adapter's otherwise.</summary>
    public bool ByTime => Method is SplitMethod.Time;

    /// <summary>Days between the oldest and the newest episode from which a split by time makes sense.</summary>
    [Range(1, int.MaxValue)]
    public int DaysMin { get; init; } = 2;
}
