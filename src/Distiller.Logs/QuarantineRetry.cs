using Distiller.Core.Settings;
using Distiller.Logs.Reading;

namespace Distiller.Logs;

/// <summary>
/// Reads files of quarantined records again: after a file was corrected, or by a version that knows more. The unit is the
/// file, for the tenant that it was first collected for: what can be read now becomes episodes and leaves the quarantine, the
/// rest stays in it, each record once.
/// </summary>
public static class QuarantineRetry
{
    /// <summary>
    /// The episodes become visible first and the records leave next: a process killed between the two leaves both, and
    /// the next retry finds the episodes there.
    /// </summary>
    /// <param name="files">Files as the records name them; empty for all. A file without quarantined records is left alone.</param>
    /// <param name="options">For records that do not say whose they are, the tenant; and the bounds of reading.</param>
    public static RetryReport Run(
        Workspace workspace,
        IReadOnlyCollection<string> files,
        CollectOptions? options = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new CollectOptions();
        OptionsCheck.Require(options);
        var asked = files.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        var records = workspace
            .Quarantine.List()
            .Where(r => asked.Count == 0 || asked.Contains(Path.GetFullPath(r.Place.File)))
            .ToList();
        var there = records.Where(r => File.Exists(r.Place.File)).ToList();
        var read = there.Select(r => r.Place.File).ToHashSet(StringComparer.Ordinal);
        var missing = records
            .Select(r => r.Place.File)
            .Where(f => !read.Contains(f))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (there.Count == 0)
        {
            return new RetryReport(records.Count, 0, records.Count, missing, 0);
        }

        var before = workspace.Episodes.Count().Episodes;
        var remaining = Read(workspace, there, read, options, progress, cancellation);
        return new RetryReport(
            records.Count,
            there.ExceptBy(remaining.Select(r => Same(r, options)), r => Same(r, options)).LongCount(),
            remaining.Count + records.Count - there.Count,
            missing,
            workspace.Episodes.Count().Episodes - before
        );
    }

    private static List<QuarantinedRecord> Read(
        Workspace workspace,
        IReadOnlyList<QuarantinedRecord> records,
        HashSet<string> files,
        CollectOptions options,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var works = records
            .Select(r => (r.Place.File, Tenant: r.Tenant ?? options.Tenant))
            .Distinct()
            .OrderBy(w => w.File, StringComparer.Ordinal)
            .ThenBy(w => w.Tenant, StringComparer.Ordinal)
            .ToList();
        using var quarantine = workspace.Quarantine.BeginRetry(files);
        using var episodes = workspace.Episodes.BeginBatch();
        for (var i = 0; i < works.Count; i++)
        {
            var (file, tenant) = works[i];
            progress?.Report(new StageProgress(Collector.Stage, i, works.Count, Path.GetFileName(file)));
            var collection = new Collection(episodes, quarantine, options with { Tenant = tenant }, cancellation);
            Collector.ReadFile(collection, SourceFiles.Find([file]).Single());
        }

        cancellation.ThrowIfCancellationRequested();
        episodes.Commit();
        quarantine.Commit();
        progress?.Report(new StageProgress(Collector.Stage, works.Count, works.Count, $"{files.Count} files"));
        return workspace.Quarantine.List().Where(r => files.Contains(r.Place.File)).ToList();
    }

    private static (SourceLocation, string, string) Same(QuarantinedRecord record, CollectOptions options) =>
        (record.Place, record.Sha256, record.Tenant ?? options.Tenant);
}

/// <summary>What became of quarantined records that were looked at again.</summary>
/// <param name="Records">Quarantined records of the files asked for.</param>
/// <param name="Released">Those that left: their file was read and no longer holds them as unreadable.</param>
/// <param name="Remaining">Records of those files that are in quarantine now.</param>
/// <param name="Missing">Files that are not there any more; their records stay.</param>
/// <param name="Episodes">By how many episodes the workspace grew.</param>
public sealed record RetryReport(
    long Records,
    long Released,
    long Remaining,
    IReadOnlyList<string> Missing,
    long Episodes
);
