using System.Security.Cryptography;
using System.Text;

namespace Distiller.Lake;

/// <summary>
/// The episodes of a workspace, in Parquet part files. For one format, tenant and key only the newest record is
/// current. Old records stay in their parts, superseded.
/// </summary>
public sealed class EpisodeStore
{
    private readonly PartFolder _parts;
    private readonly string _spill;
    private readonly bool _writable;
    private bool _batchOpen;

    internal EpisodeStore(string folder, string spill, bool writable)
    {
        _parts = new PartFolder(folder);
        _spill = spill;
        _writable = writable;
    }

    /// <summary>Starts to add episodes; one batch at a time. Nothing is visible before its commit.</summary>
    public EpisodeBatch BeginBatch()
    {
        if (!_writable)
        {
            throw new InvalidOperationException("The workspace was opened for reading.");
        }

        if (_batchOpen)
        {
            throw new InvalidOperationException("A batch is open already.");
        }

        var batch = new EpisodeBatch(_parts, EpisodeIndex.Load(_parts.Parts(), Open), () => _batchOpen = false);
        _batchOpen = true;
        return batch;
    }

    /// <summary>
    /// Streams the current episodes in the order of their ids. A request that several episodes tell of (a resumed
    /// session repeats its origin's) is given to one of them only, with the largest usage told, so that usage may be
    /// summed over episodes; the id stays that of the episode as collected.
    /// </summary>
    public IEnumerable<Episode> Read()
    {
        var parts = _parts.Parts();
        if (parts.Count == 0)
        {
            yield break;
        }

        using var db = Open();
        foreach (var row in db.Query<SharedEpisodeRow>(EpisodeSql.Rows(parts)))
        {
            yield return row.ToOwner();
        }
    }

    /// <summary>
    /// SHA-256 (64 hex digits) over the sorted ids of the current episodes: the identity of the next stage's input.
    /// </summary>
    public string SnapshotId()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var parts = _parts.Parts();
        if (parts.Count > 0)
        {
            using var db = Open();
            foreach (var row in db.Query<IdRow>(EpisodeSql.CurrentIds(parts)))
            {
                hash.AppendData(Encoding.ASCII.GetBytes(row.Id + "\n"));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>When the newest episode began; null where none tells.</summary>
    public DateTimeOffset? Newest()
    {
        var parts = _parts.Parts();
        if (parts.Count == 0)
        {
            return null;
        }

        using var db = Open();
        return db.Query<NewestRow>(EpisodeSql.Newest(parts)).First().StartedAt;
    }

    /// <summary>Counts the current episodes, whole and per format.</summary>
    public EpisodeCounts Count()
    {
        var parts = _parts.Parts();
        return parts.Count == 0 ? EpisodeCounts.Zero : Count(parts);
    }

    internal void RemoveLeftovers() => _parts.RemoveLeftovers();

    private EpisodeCounts Count(IReadOnlyList<string> parts)
    {
        using var db = Open();
        return EpisodeCounts.Of(db.Query<CountRow>(EpisodeSql.Counts(parts)));
    }

    private DuckDb Open() =>
        DuckDb.Open(
            new DuckDbOptions(
                Threads: Math.Min(Environment.ProcessorCount, 4),
                SpillFolder: _writable ? _spill : Scratch()
            )
        );

    /// <summary>A reader must not write into the workspace.</summary>
    private static string Scratch() => Path.Combine(Path.GetTempPath(), $"distiller-spill-{Environment.ProcessId}");
}
