using Distiller.Core;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Registry;
using Distiller.Scrubbing;

namespace Distiller.Jobs.Keeping;

/// <summary>
/// Scrubs a stored workspace again: episodes (also those that longer records replaced), excerpts in quarantine, and with the
/// parts what was kept of them. What was made from an episode that changes is removed: artifacts, unfinished work, and releases
/// in the workspace. Releases elsewhere are named only.
/// </summary>
/// <remarks>
/// Results go first, those made of others before these, and the episodes are replaced last, all at once. So a process killed at
/// any moment leaves episodes by which the next run finds what is still to be removed.
/// </remarks>
public static class ScrubAgainRun
{
    public const string Stage = "scrub";
    private const string By = "distiller scrub --again";

    /// <param name="registry">A registry beside those that the workspace has noted.</param>
    /// <param name="isDry">Only tells what would be done; needs no lock.</param>
    public static ScrubAgainReport Run(
        Workspace workspace,
        string registry,
        ScrubRules rules,
        bool isDry,
        TimeProvider time,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var again = new ScrubAgain(rules);
        var rewrite = workspace.Episodes.BeginRewrite(
            again.Change,
            time.GetUtcNow(),
            write: !isDry,
            (done, parts) =>
                progress?.Report(new StageProgress(Stage, done, Math.Max(parts, 1), $"{done} of {parts} parts")),
            cancellation
        );
        var artifacts = MadeFrom(workspace, rewrite.Changed);
        var keys = artifacts.Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        var works =
            rewrite.Changed.Count == 0 ? [] : workspace.Artifacts.Unfinished().Where(w => IsMadeFrom(w, keys)).ToList();
        var releases = Releases(workspace, registry, rewrite.Changed, keys, time);
        if (!isDry)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var own in releases.Where(r => r.IsInWorkspace).GroupBy(r => r.Registry))
            {
                new ReleaseRegistry(own.Key, time).Withdraw([.. own.Select(r => r.Id)], By);
            }

            foreach (var path in works.Select(w => w.Folder).Concat(artifacts.Select(a => a.Folder)))
            {
                workspace.Artifacts.Delete(path);
            }
        }

        var (changed, records) = workspace.Quarantine.Rewrite(again.Change, write: !isDry);
        rewrite.Commit();
        return new ScrubAgainReport(
            rewrite.Episodes,
            rewrite.Changed.Count,
            records,
            changed,
            again.Hidden,
            [
                .. artifacts.Select(a => $"{a.Kind}/{a.Key}"),
                .. works.Select(w => Path.GetRelativePath(workspace.Home, w.Folder)),
            ],
            releases,
            IsDone: !isDry
        );
    }

    /// <summary>All artifacts that were made from one of the episodes, the last made first.</summary>
    private static List<Artifact> MadeFrom(Workspace workspace, IReadOnlySet<EpisodeId> episodes)
    {
        if (episodes.Count == 0)
        {
            return [];
        }

        var all = workspace.Artifacts.Kinds().SelectMany(workspace.Artifacts.List).ToList();
        var keys = all.Where(a =>
                a.Kind == ArtifactKind.Reduced
                && EpisodeFile.ReadIds(a.File(ReduceStage.EpisodesFile)).Any(episodes.Contains)
            )
            .Select(a => a.Key)
            .ToHashSet(StringComparer.Ordinal);
        var known = all.Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        // Of a mining whose input is gone nobody can tell what it was made from.
        keys.UnionWith(
            all.Where(a => a.Kind == ArtifactKind.Mined && !a.Manifest.Inputs.Any(known.Contains)).Select(a => a.Key)
        );
        int before;
        do
        {
            before = keys.Count;
            keys.UnionWith(all.Where(a => a.Manifest.Inputs.Any(keys.Contains)).Select(a => a.Key).ToList());
        } while (keys.Count > before);

        var found = all.Where(a => keys.Contains(a.Key)).ToList();
        var sorted = new List<Artifact>();
        while (found.Count > 0)
        {
            var inputs = found.SelectMany(a => a.Manifest.Inputs).ToHashSet(StringComparer.Ordinal);
            var leaves = found.Where(a => !inputs.Contains(a.Key)).ToList();
            // Keys are hashes of what they are made from, so there is always a leaf.
            sorted.AddRange(leaves);
            found.RemoveAll(leaves.Contains);
        }

        return sorted;
    }

    /// <summary>Work on a reduced input is made anew as well: which episodes it reads is not noted.</summary>
    private static bool IsMadeFrom(ArtifactWork work, HashSet<string> keys) =>
        work.Kind == ArtifactKind.Reduced || work.Inputs.Count == 0 || work.Inputs.Any(keys.Contains);

    private static List<LeakingRelease> Releases(
        Workspace workspace,
        string registry,
        IReadOnlySet<EpisodeId> episodes,
        HashSet<string> keys,
        TimeProvider time
    )
    {
        if (episodes.Count == 0)
        {
            return [];
        }

        var own = Path.Combine(workspace.Home, "adapters");
        return
        [
            .. new KnownRegistries(workspace.Home)
                .List()
                .Append(Path.GetFullPath(registry))
                .Append(own)
                .Distinct(StringComparer.Ordinal)
                .Select(folder => new ReleaseRegistry(folder, time))
                .SelectMany(r =>
                    r.List()
                        .Where(release =>
                            release.Lineage.Any(a => keys.Contains(a.Key))
                            || r.Lineage(release).Episodes.Any(episodes.Contains)
                        )
                        .Select(release => new LeakingRelease(
                            r.Folder,
                            release.Id,
                            $"{r.Folder}/".StartsWith(workspace.Home + "/", StringComparison.Ordinal)
                        ))
                ),
        ];
    }
}

/// <summary>A release whose adapter learned from text that is hidden now.</summary>
/// <param name="IsInWorkspace">It lies in the workspace and is removed with the rest; others are only named.</param>
public sealed record LeakingRelease(string Registry, string Id, bool IsInWorkspace)
{
    /// <summary>What a person does about one that is only named; null: it is removed.</summary>
    public string? Remedy =>
        IsInWorkspace
            ? null
            : $"Promote another release there (distiller releases promote ID --registry {Registry}), then delete {Path.Combine(Registry, Id)} and every copy that was loaded from it.";
}

/// <summary>What scrubbing again did, or would do.</summary>
/// <param name="Episodes">Records looked at, those that longer ones replaced included.</param>
/// <param name="Hidden">New placeholders by type.</param>
/// <param name="Artifacts">What was made from an episode that changed, as <c>kind/key</c>, and unfinished work.</param>
public sealed record ScrubAgainReport(
    long Episodes,
    long EpisodesChanged,
    long Quarantined,
    long QuarantinedChanged,
    IReadOnlyDictionary<string, long> Hidden,
    IReadOnlyList<string> Artifacts,
    IReadOnlyList<LeakingRelease> Releases,
    bool IsDone
);
