using Distiller.Mining.Digesting;

namespace Distiller.Mining.Cards;

/// <summary>What a card needs before it is one.</summary>
public sealed record CardOptions
{
    /// <summary>Tasks and sessions that a card needs at least.</summary>
    public int TasksMin { get; init; } = 3;

    public int SessionsMin { get; init; } = 2;

    /// <summary>Tasks in which an error was resolved in the same way: errors are rarer than commands.</summary>
    public int RecoveryTasksMin { get; init; } = 2;

    /// <summary>Later tasks in which another command of its kind ran through, after which a command counts as replaced.</summary>
    public int ReplacingTasksMin { get; init; } = 5;

    /// <summary>Share of findings that may be chance.</summary>
    public double FalseDiscoveryRateMax { get; init; } = 0.05;

    internal bool IsWorth(IEnumerable<EpisodeDigest> tasks)
    {
        var distinct = tasks.Distinct().ToList();
        return distinct.Count >= TasksMin && SessionsOf(distinct) >= SessionsMin;
    }

    /// <summary>Distinct sessions; a task of none counts as one of its own.</summary>
    internal static int SessionsOf(IEnumerable<EpisodeDigest> tasks) =>
        tasks.Select(t => t.Session ?? t.TaskId).Distinct(StringComparer.Ordinal).Count();
}
