using System.ComponentModel.DataAnnotations;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Lake;
using Distiller.Registry;

namespace Distiller.Jobs.Keeping;

/// <summary>
/// Finds and deletes what nothing needs. An artifact is needed if a release was made from it, if it is among the newest of its
/// kind, if it is pinned (by a night that is not over, see <see cref="PinFile"/>, or by hand), if work under way is made from it, or if a needed artifact was made from it: reports lie in
/// artifacts, so what a kept report rests on is kept. Reads every registry that the workspace has published to; where one
/// cannot be read, nothing is deleted.
/// </summary>
public static class GarbageCollection
{
    private const string SpillName = ".spill";
    private const string KeptKind = "kept";

    /// <summary>Tells what <see cref="Run"/> would delete; needs no lock, and a night that runs may add to it meanwhile.</summary>
    /// <param name="registry">A registry beside those that the workspace has noted; it need not be there.</param>
    /// <exception cref="BadInputException">An artifact or a release is damaged, or a registry is not there.</exception>
    public static GarbageReport Plan(Workspace workspace, string registry, GarbageOptions options, TimeProvider time)
    {
        OptionsCheck.Require(options);
        var artifacts = workspace.Artifacts.Kinds().SelectMany(workspace.Artifacts.List).ToList();
        var works = workspace.Artifacts.Unfinished();
        var since = time.GetUtcNow() - TimeSpan.FromDays(options.WorkDays);
        var pinned = options
            .Pinned.Concat(new PinFile(workspace.Home).Read())
            .Select(p => p[(p.LastIndexOf('/') + 1)..])
            .ToHashSet(StringComparer.Ordinal);
        var keptWorks = works
            .Where(w => w.Touched >= since || pinned.Contains(w.Key) || w.Inputs.Any(pinned.Contains))
            .ToList();
        var needed = Reach(
            artifacts,
            [
                .. Registries(workspace, registry).SelectMany(Released),
                .. artifacts
                    .GroupBy(a => a.Kind, StringComparer.Ordinal)
                    .SelectMany(g => g.TakeLast(options.KeepNights))
                    .Select(a => a.Key),
                .. pinned,
                .. keptWorks.SelectMany(w => w.Inputs),
            ]
        );
        List<GarbageItem> items =
        [
            .. artifacts
                .Where(a => !needed.Contains(a.Key))
                .Select(a => Item(workspace, a.Kind, a.Folder, "no release, recent night or unfinished work needs it")),
            .. works
                .Except(keptWorks)
                .Select(w => Item(workspace, "work", w.Folder, $"unfinished, untouched since {w.Touched:yyyy-MM-dd}")),
            .. workspace
                .Kept.Folders()
                .Where(k => k.Used < since)
                .Select(k => Item(workspace, KeptKind, k.Folder, $"no night used it since {k.Used:yyyy-MM-dd}")),
            .. Leftovers(workspace).Select(l => Item(workspace, "leftover", l, "left by a process that was killed")),
        ];
        return new GarbageReport(items, items.Sum(i => i.Bytes), needed.Count, IsDone: false);
    }

    /// <summary>Deletes. A process killed at any moment leaves every artifact whole or gone; the next run does the rest.</summary>
    /// <param name="workspace">Open for writing.</param>
    /// <inheritdoc cref="Plan"/>
    public static GarbageReport Run(
        Workspace workspace,
        string registry,
        GarbageOptions options,
        TimeProvider time,
        CancellationToken cancellation = default
    )
    {
        // Whoever opens a workspace for writing clears away what others spilled: what lies there now is this process's own.
        var plan = Plan(workspace, registry, options, time).Without(SpillName);
        foreach (var item in plan.Items)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(workspace.Home, item.Path);
            if (item.Kind == KeptKind)
            {
                workspace.Kept.Delete(path);
            }
            else
            {
                workspace.Artifacts.Delete(path);
            }
        }

        return plan with
        {
            IsDone = true,
        };
    }

    /// <summary>Keys of the artifacts that can be reached from some keys by following inputs.</summary>
    private static HashSet<string> Reach(IReadOnlyList<Artifact> artifacts, IEnumerable<string> roots)
    {
        var byKey = artifacts.ToLookup(a => a.Key, StringComparer.Ordinal);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(roots);
        while (open.TryPop(out var key))
        {
            // Inputs may also be snapshots and hashes of files.
            if (byKey.Contains(key) && reached.Add(key))
            {
                foreach (var input in byKey[key].SelectMany(a => a.Manifest.Inputs))
                {
                    open.Push(input);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<string> Registries(Workspace workspace, string registry) =>
        new KnownRegistries(workspace.Home)
            .List()
            .Append(Path.GetFullPath(registry))
            .Append(Path.Combine(workspace.Home, "adapters"))
            .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Released(string registry) =>
        new ReleaseRegistry(registry, TimeProvider.System).List().SelectMany(r => r.Lineage).Select(a => a.Key);

    private static IEnumerable<string> Leftovers(Workspace workspace)
    {
        var spill = Path.Combine(workspace.Home, SpillName);
        return Directory.Exists(spill) ? [.. workspace.Artifacts.Leftovers(), spill] : workspace.Artifacts.Leftovers();
    }

    private static GarbageItem Item(Workspace workspace, string kind, string path, string why) =>
        new(kind, Path.GetRelativePath(workspace.Home, path), FolderSize.Bytes(path), why);
}

/// <summary>Something that nothing needs any more.</summary>
/// <param name="Kind">Of the artifact, <c>work</c>, <c>kept</c> (what was computed of the episodes by settings that no night uses) or <c>leftover</c>.</param>
/// <param name="Path">Relative to the workspace.</param>
/// <param name="Why">In words for a person.</param>
public sealed record GarbageItem(string Kind, string Path, long Bytes, string Why);

/// <summary>What a collection of garbage deleted, or would delete.</summary>
/// <param name="Kept">Artifacts that stay.</param>
public sealed record GarbageReport(IReadOnlyList<GarbageItem> Items, long Bytes, int Kept, bool IsDone)
{
    internal GarbageReport Without(string path)
    {
        List<GarbageItem> items = [.. Items.Where(i => i.Path != path)];
        return this with { Items = items, Bytes = items.Sum(i => i.Bytes) };
    }
}

/// <summary>What a collection of garbage keeps besides what releases rest on.</summary>
public sealed record GarbageOptions
{
    internal const int KeepNightsMax = 100_000;

    [Setting("keep-nights", "The newest so many artifacts of each kind stay, with all they were made from")]
    [Range(1, KeepNightsMax)]
    public int KeepNights { get; init; } = 7;

    [Setting("work-days", "Unfinished work that was written to within so many days stays, with all it is made from")]
    [Range(0, 36_500)]
    public int WorkDays { get; init; } = 14;

    /// <summary>
    /// Artifacts of nights that are not over, as <c>kind/key</c> or bare keys: they stay with all they were made from, and so
    /// does unfinished work that is made from one of them, whatever its age.
    /// </summary>
    public IReadOnlyCollection<string> Pinned { get; init; } = [];
}
