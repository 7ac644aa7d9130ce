using Distiller.Logs.Reading;

namespace Distiller.Logs.Watching;

/// <summary>
/// Collections of the same paths, one after the other. A file that is as it was when it was collected last (its size, its time
/// of change, and those of the log that SQLite writes beside a database) is not read again. What was read is remembered in
/// memory only: a new process reads everything once, and what it knows already is a duplicate.
/// </summary>
/// <param name="paths">Files or folders, each of which may be absent for a while.</param>
/// <param name="open">
/// Opens the workspace for one round; null while another process writes to it, so that the round comes later.
/// </param>
public sealed class CollectionRounds(IReadOnlyList<string> paths, Func<Workspace?> open, CollectOptions options)
{
    private Dictionary<string, Stamp> _read = new(StringComparer.Ordinal);

    /// <summary>Collects what is new or has changed.</summary>
    /// <returns>Null where nothing has changed, or the workspace is in use.</returns>
    /// <exception cref="BadInputException">The workspace or a folder cannot be used.</exception>
    public CollectReport? Next(IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        var found = SourceFiles.Find(paths.Where(Path.Exists));
        // Taken before anything is read: what is written meanwhile is a change that the next round sees.
        var stamps = new Dictionary<string, Stamp>(StringComparer.Ordinal);
        var changed = new List<SourceFile>();
        foreach (var file in found)
        {
            var path = Path.GetFullPath(file.Path);
            stamps[path] = Stamp.Of(path);
            if (!_read.TryGetValue(path, out var known) || known != stamps[path])
            {
                changed.Add(file);
            }
        }

        if (changed.Count == 0)
        {
            _read = stamps; // Forgets what is gone.
            return null;
        }

        using var workspace = open();
        if (workspace is null)
        {
            return null;
        }

        var report = Collector.Collect(changed, workspace, options, progress, cancellation);
        _read = stamps;
        return report;
    }

    private readonly record struct Stamp(long Bytes, DateTime Changed, long LogBytes, DateTime LogChanged)
    {
        public static Stamp Of(string path)
        {
            var (bytes, changed) = OfFile(path);
            var (logBytes, logChanged) = OfFile(path + "-wal");
            return new Stamp(bytes, changed, logBytes, logChanged);
        }

        private static (long, DateTime) OfFile(string path)
        {
            try
            {
                var file = new FileInfo(path);
                return file.Exists ? (file.Length, file.LastWriteTimeUtc) : (-1, default);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return (-1, default);
            }
        }
    }
}
