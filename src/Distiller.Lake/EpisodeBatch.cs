namespace Distiller.Lake;

/// <summary>
/// Episodes on their way into the store. Holds one part's worth in memory; full parts wait on disk, invisible, for the
/// commit. Disposing without a commit leaves nothing behind.
/// </summary>
public sealed class EpisodeBatch : IDisposable
{
    private const int RowsMax = 4096;
    private const long CharsMax = 32L << 20;

    private readonly PartFolder _folder;
    private readonly EpisodeIndex _index;
    private readonly Action _closed;
    private readonly Dictionary<(string Format, string Tenant, string Key), EpisodeRow> _rows = [];
    private readonly List<string> _parts = [];
    private long _chars;
    private DuckDb? _reader;
    private bool _done;

    internal EpisodeBatch(PartFolder folder, EpisodeIndex index, Action closed)
    {
        _folder = folder;
        _index = index;
        _closed = closed;
    }

    /// <summary>
    /// Adds an episode, or replaces the shorter record of its key. The identity is computed here, after the start time
    /// was brought to UTC and whole microseconds and the events into order, so that what is read is what was hashed.
    /// </summary>
    public AppendResult Append(Episode episode, EpisodeSource? source = null)
    {
        ObjectDisposedException.ThrowIf(_done, this);
        source ??= EpisodeSource.None;
        var normal = EpisodeJson.Identify(
            episode with
            {
                StartedAt = episode.StartedAt is { } t ? Micro(t) : null,
                Events = new SortedDictionary<string, int>(
                    episode.Events.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal),
                    StringComparer.Ordinal
                ),
            }
        );
        if (_index.Contains(normal.Id) || _index.HeldSource(normal, source.Sha256))
        {
            return AppendResult.Duplicate;
        }

        var known = _index.Find(normal.Format, normal.Tenant, normal.Key);
        var generation =
            known is not { } k ? 0
            : k.Part is null && !k.IsDiscarded ? k.Generation
            : k.Generation + 1;
        var row = EpisodeRow.From(normal, source, generation);
        if (known is not { IsDiscarded: false } other)
        {
            return KeepUnlessShorter(row, known);
        }

        // A copy that tells an outcome joins the record of its key, whichever came first.
        if (IsUnknown(other.Outcome) && !IsUnknown(row.Outcome) && row.Length < other.Length)
        {
            var stored = Find(normal.Format, normal.Tenant, normal.Key)!;
            return KeepUnlessShorter(
                EpisodeRow.From(
                    EpisodeJson.Identify(stored.Episode with { Outcome = normal.Outcome }),
                    stored.Source,
                    generation
                ),
                known
            );
        }

        if (!IsUnknown(other.Outcome) && IsUnknown(row.Outcome) && row.Length >= other.Length)
        {
            var outcome = Find(normal.Format, normal.Tenant, normal.Key)!.Episode.Outcome;
            var told = EpisodeJson.Identify(normal with { Outcome = outcome });
            return _index.Contains(told.Id)
                ? AppendResult.Duplicate
                : KeepUnlessShorter(EpisodeRow.From(told, source, generation), known);
        }

        // The same words under other names, as when a benchmark writes a trial to two files: the first stays.
        if (
            row.Length == other.Length
            && row.Outcome == other.Outcome
            && EpisodeJson.TurnsToJson(Find(normal.Format, normal.Tenant, normal.Key)!.Episode.Turns) == row.TurnsJson
        )
        {
            return AppendResult.Duplicate;
        }

        return KeepUnlessShorter(row, known);
    }

    private static bool IsUnknown(string outcome) => outcome == EpisodeRow.OutcomeWord(OutcomeKind.Unknown);

    private AppendResult KeepUnlessShorter(EpisodeRow row, KnownEpisode? known)
    {
        if (known is { } longer && row.Length < longer.Length)
        {
            return AppendResult.Duplicate;
        }

        Keep(row);
        return AppendResult.Stored;
    }

    /// <summary>
    /// Whether a key's record holds exactly these source records, judged by their number and sum: the cheap test for a
    /// file that was collected before.
    /// </summary>
    public bool Holds(string format, string tenant, string key, IReadOnlyCollection<long> records) =>
        _index.Find(format, tenant, key) is { } known
        && known.Length >= records.Count
        && known.RecordsDigest == EpisodeRow.Digest([.. records]);

    /// <summary>The newest record of a key, in the store or in this batch; null when there is none, or it was discarded.</summary>
    public StoredEpisode? Find(string format, string tenant, string key)
    {
        if (_rows.TryGetValue((format, tenant, key), out var row))
        {
            return row.ToStored();
        }

        if (_index.Find(format, tenant, key) is not { Part: { } part } known)
        {
            return null;
        }

        _reader ??= DuckDb.Open();
        return _reader
            .Query<EpisodeRow>(
                $"SELECT * FROM read_parquet({DuckDb.QuoteFiles([part])}) WHERE format = {DuckDb.Quote(format)} "
                    + $"AND tenant = {DuckDb.Quote(tenant)} AND key = {DuckDb.Quote(key)} "
                    + $"AND generation = {known.Generation}"
            )
            .First()
            .ToStored();
    }

    /// <summary>Makes everything visible at once.</summary>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_done, this);
        Flush();
        _folder.Commit(_parts);
        _parts.Clear();
        Dispose();
    }

    public void Dispose()
    {
        if (_done)
        {
            return;
        }

        _done = true;
        _reader?.Dispose();
        var visible = _folder.Parts().ToHashSet(StringComparer.Ordinal);
        foreach (var part in _parts.Where(p => !visible.Contains(p)))
        {
            File.Delete(part);
        }

        _closed();
    }

    private static DateTimeOffset Micro(DateTimeOffset t) =>
        new(t.UtcTicks - (t.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private void Keep(EpisodeRow row)
    {
        var key = (row.Format, row.Tenant, row.Key);
        if (_rows.Remove(key, out var replaced))
        {
            _chars -= Chars(replaced);
        }

        _rows[key] = row;
        _chars += Chars(row);
        _index.Add(row);
        _index.Set(row, part: null);
        if (_rows.Count >= RowsMax || _chars >= CharsMax)
        {
            Flush();
        }
    }

    private static long Chars(EpisodeRow row) =>
        row.TurnsJson.Length + row.RequestsJson.Length + row.EventsJson.Length + (8L * row.Records.Length);

    private void Flush()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        var part = _folder.WritePart(_rows.Values.OrderBy(r => r.Id, StringComparer.Ordinal));
        _parts.Add(part);
        foreach (var row in _rows.Values)
        {
            _index.Set(row, part);
        }

        _rows.Clear();
        _chars = 0;
    }
}

/// <summary>What became of an episode handed to a batch.</summary>
public enum AppendResult
{
    Stored,

    /// <summary>It was there already, or a longer record of it was.</summary>
    Duplicate,
}
