using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;
using Distiller.Mining.Digesting;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Repositories;

/// <summary>
/// What became of tasks' changes in the repository: they were committed soon after, and stood for some days; or they were
/// reverted, or soon written over. Changes that were not committed, or not long enough ago, say nothing.
/// </summary>
public sealed class RepositoryEvidence(RepositoryHistory history, RepositoryOptions options)
{
    public const string Stood = "commit-stood";
    public const string Reverted = "commit-reverted";
    public const string Rewritten = "commit-rewritten";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <returns>By the task's id.</returns>
    public IReadOnlyDictionary<string, Evidence> Of(IEnumerable<EpisodeDigest> tasks)
    {
        var own = tasks.Where(t => t.EditedFiles.Length > 0 && EndOf(t) is not null && IsHere(t)).ToList();
        if (own.Count == 0)
        {
            return new Dictionary<string, Evidence>(StringComparer.Ordinal);
        }

        var first = own.Min(t => EndOf(t)!.Value) - ClockSkew;
        var changes = history.Changes(
            first,
            own.Max(t => EndOf(t)!.Value) + TimeSpan.FromHours(options.CommitHoursMax)
        );
        var reverted = history.Reverted(first);
        return own.Select(t => (t.Id, Evidence: Of(t, changes, reverted)))
            .Where(t => t.Evidence is not null)
            .ToDictionary(t => t.Id, t => t.Evidence!, StringComparer.Ordinal);
    }

    private Evidence? Of(EpisodeDigest task, IReadOnlyList<CommitChange> changes, IReadOnlySet<string> reverted)
    {
        var end = EndOf(task)!.Value;
        var files = task.EditedFiles.ToHashSet(StringComparer.Ordinal);
        // The first commit after the task that holds most of what it changed.
        var commit = changes.FirstOrDefault(c =>
            c.Time >= end - ClockSkew
            && c.Time <= end + TimeSpan.FromHours(options.CommitHoursMax)
            && 2 * files.Count(c.Files.Contains) >= files.Count
        );
        if (commit is null)
        {
            return null;
        }

        if (reverted.Any(r => commit.Sha.StartsWith(r, StringComparison.Ordinal)))
        {
            return new Evidence(Reverted, OutcomeKind.Failed, 0.9, Direct: true);
        }

        var until = commit.Time + TimeSpan.FromDays(options.StandDays);
        if (until > history.HeadTime)
        {
            return null;
        }

        return history.Standing(commit.Sha, [.. files.Where(commit.Files.Contains)], until) switch
        {
            >= 0.5 => new Evidence(Stood, OutcomeKind.Succeeded, 0.9, Direct: true),
            < 0.2 => new Evidence(Rewritten, OutcomeKind.Failed, 0.7, Direct: false),
            _ => null,
        };
    }

    private static DateTimeOffset? EndOf(EpisodeDigest task) => task.LastEdit ?? task.Time;

    /// <summary>Whether the task was done in a clone of it, as far as its log tells.</summary>
    private bool IsHere(EpisodeDigest task) =>
        task.Repository is { } address
            ? history.Addresses.Any(a => Plain(a) == Plain(address))
            : (task.Project ?? "").TrimEnd('/', '\\').Split('/', '\\')[^1] == history.Name;

    /// <summary>Host and path, whether it is fetched by HTTPS or SSH.</summary>
    private static string Plain(string address)
    {
        var text = address.Trim();
        text = text[(text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..];
        text = text[(text.IndexOf('@') + 1)..].Replace(':', '/').TrimEnd('/');
        return text.EndsWith(".git", StringComparison.Ordinal) ? text[..^4] : text;
    }
}

public sealed record RepositoryOptions
{
    [Setting("stand-days", "With a repository: days that a commit must stand, unreverted, before it counts as success")]
    [Range(0, 365)]
    public int StandDays { get; init; } = 3;

    /// <summary>Hours after a task's last edit within which its commit is looked for.</summary>
    [Range(1, 24 * 30)]
    public int CommitHoursMax { get; init; } = 72;
}
