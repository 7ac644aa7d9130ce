using System.Security.Cryptography;
using System.Text;

namespace Distiller.Lake;

/// <summary>
/// The episodes of a workspace, in Parquet part files. For one format, tenant and key only the newest record is
/// current. Old records stay in their parts, superseded, until they are discarded.
/// </summary>
public sealed class EpisodeStore
{
    private readonly PartFolder _parts;
    private readonly string _spill;
    private readonly bool _writable;
    private readonly KeptFiles _kept;
    private bool _batchOpen;

    internal EpisodeStore(string folder, string spill, bool writable, KeptFiles kept)
    {
        _parts = new PartFolder(folder);
        _spill = spill;
        _writable = writable;
        _kept = kept;
    }

    /// <summary>
    /// Full paths of the part files, which <see cref="EpisodeFile"/> reads: superseded records too, each with all the requests it
    /// tells of. A part never changes; its name is the hash of its bytes.
    /// </summary>
    public IReadOnlyList<string> Parts() => _parts.Parts();

    /// <summary>Starts to add episodes; one batch at a time. Nothing is visible before its commit.</summary>
    public EpisodeBatch BeginBatch()
    {
        CheckWritable();
        var index = EpisodeIndex.Load(_parts.Parts(), _parts.Discarded(), Open);
        var batch = new EpisodeBatch(_parts, index, () => _batchOpen = false);
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
    /// The current episodes in the order of their ids, without their conversations. With the requests that are counted for
    /// each, <see cref="SharedRequests.ToOwner"/> makes of an episode as collected what <see cref="Read"/> gives.
    /// </summary>
    /// <param name="since">Those that began earlier are left out; episodes without a time are not. Null for all.</param>
    public IEnumerable<CurrentEpisode> Current(DateTimeOffset? since = null)
    {
        var parts = _parts.Parts();
        if (parts.Count == 0)
        {
            yield break;
        }

        using var db = Open();
        foreach (var row in db.Query<CurrentEpisode>(EpisodeSql.Current(parts, since)))
        {
            yield return row;
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

    /// <summary>The folders that sessions worked in, as their logs tell them, each once.</summary>
    public IReadOnlyList<string> Projects()
    {
        var parts = _parts.Parts();
        if (parts.Count == 0)
        {
            return [];
        }

        using var db = Open();
        return [.. db.Query<ProjectRow>(EpisodeSql.Projects(parts)).Select(r => r.Project)];
    }

    /// <summary>Counts the current episodes, whole and per format.</summary>
    public EpisodeCounts Count()
    {
        var parts = _parts.Parts();
        return parts.Count == 0 ? EpisodeCounts.Zero : Count(parts);
    }

    /// <summary>Bytes of the part files.</summary>
    public long Bytes() => _parts.Parts().Concat(_parts.Discarded()).Sum(p => new FileInfo(p).Length);

    /// <summary>Every stored record, the superseded ones too, without its conversation.</summary>
    public IEnumerable<EpisodeStamp> Stamps()
    {
        var parts = _parts.Parts();
        var newest = new Dictionary<string, StampRow>(StringComparer.Ordinal);
        foreach (var row in parts.SelectMany(Stamps))
        {
            var key = $"{row.Format}\0{row.Tenant}\0{row.Key}";
            if (newest.TryGetValue(key, out var known))
            {
                var (older, newer) = known.Generation <= row.Generation ? (known, row) : (row, known);
                newest[key] = newer;
                yield return new EpisodeStamp(new EpisodeId(older.Id), older.StartedAt, IsCurrent: false);
            }
            else
            {
                newest[key] = row;
            }
        }

        foreach (var row in newest.Values)
        {
            yield return new EpisodeStamp(new EpisodeId(row.Id), row.StartedAt, IsCurrent: true);
        }
    }

    /// <summary>
    /// Takes records out of the part files, all at once, and keeps their hashes: their logs collected again add nothing,
    /// and a longer record of the same key is new.
    /// </summary>
    /// <returns>How many records were taken out.</returns>
    public long Discard(IReadOnlySet<EpisodeId> ids, DateTimeOffset now, CancellationToken cancellation = default)
    {
        CheckWritable();
        var remaining = new List<string>();
        var discarded = new List<DiscardedRow>();
        foreach (var part in _parts.Parts())
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Stamps(part).ToList();
            var gone = rows.Where(r => ids.Contains(new EpisodeId(r.Id))).ToList();
            discarded.AddRange(gone.Select(r => r.Hashes(now)));
            if (gone.Count == 0)
            {
                remaining.Add(part);
            }
            else if (gone.Count < rows.Count)
            {
                var kept = ParquetFile.Read<EpisodeRow>(part).Where(r => !ids.Contains(new EpisodeId(r.Id)));
                remaining.Add(_parts.WritePart(kept));
            }
        }

        if (discarded.Count > 0)
        {
            var hashes = _parts.WritePart(discarded.OrderBy(d => d.Id, StringComparer.Ordinal));
            _parts.Replace(remaining, [.. _parts.Discarded(), hashes]);
            RemoveLeftovers();
        }

        return discarded.Count;
    }

    /// <summary>
    /// Starts to replace records, the superseded ones too, by what a function makes of them. Nothing is visible before the
    /// commit; key, source and generation stay, so that their logs collected again add nothing.
    /// </summary>
    /// <param name="change">Null: the record stays as it is.</param>
    /// <param name="write">False: only tells which would change; needs no lock.</param>
    public EpisodeRewrite BeginRewrite(
        Func<StoredEpisode, StoredEpisode?> change,
        DateTimeOffset now,
        bool write,
        Action<int, int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (write)
        {
            CheckWritable();
        }

        return EpisodeRewrite.Prepare(_parts, change, now, write, RemoveLeftovers, progress, cancellation);
    }

    /// <summary>Those of some ids that the store has never held: neither an episode nor the hash of a discarded one.</summary>
    public IReadOnlyList<EpisodeId> Unknown(IEnumerable<EpisodeId> ids)
    {
        var index = EpisodeIndex.Load(_parts.Parts(), _parts.Discarded(), Open);
        return [.. ids.Where(id => !index.Contains(id))];
    }

    /// <summary>Deletes parts that no commit lists, and what was kept of parts that are gone.</summary>
    internal void RemoveLeftovers()
    {
        _parts.RemoveLeftovers();
        _kept.RemoveOthers(_parts.Parts());
    }

    private EpisodeCounts Count(IReadOnlyList<string> parts)
    {
        using var db = Open();
        return EpisodeCounts.Of(db.Query<CountRow>(EpisodeSql.Counts(parts)));
    }

    private void CheckWritable()
    {
        if (!_writable)
        {
            throw new InvalidOperationException("The workspace was opened for reading.");
        }

        if (_batchOpen)
        {
            throw new InvalidOperationException("A batch is open already.");
        }
    }

    private IEnumerable<StampRow> Stamps(string part) => ParquetFile.Read<StampRow>(part);

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

/// <summary>An episode with where it came from.</summary>
public sealed record StoredEpisode(Episode Episode, EpisodeSource Source);

/// <summary>What decides whether a stored record is to be kept.</summary>
/// <param name="IsCurrent">False: a longer record of the same key took its place.</param>
public sealed record EpisodeStamp(EpisodeId Id, DateTimeOffset? StartedAt, bool IsCurrent);

/// <summary>Where an episode was read.</summary>
/// <param name="File">As the user named it.</param>
/// <param name="Sha256">Of the raw bytes of its records.</param>
/// <param name="Records">
/// Identities (64-bit hashes) of the source records in it, for formats that write an episode as many records; empty
/// otherwise. Such episodes can be copied and continued, so that two of them contain the same requests: their request ids
/// must be unique over all episodes of the format and tenant, and a request that several contain is counted once.
/// </param>
public sealed record EpisodeSource(string File, string Sha256, long[] Records)
{
    public static EpisodeSource None { get; } = new("", "", []);
}
