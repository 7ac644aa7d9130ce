using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Distiller.Lake;

/// <summary>
/// What is stored, in a few dozen bytes per episode: 128-bit hashes of ids and keys. A night's memory grows with the
/// number of episodes, never with their size.
/// </summary>
internal sealed class EpisodeIndex
{
    private const int ShaDigits = 64;

    private readonly HashSet<UInt128> _ids = [];
    private readonly Dictionary<UInt128, KnownEpisode> _keys = [];

    /// <summary>Key and raw bytes of records that were taken out or scrubbed again.</summary>
    private readonly HashSet<UInt128> _sources = [];

    /// <param name="discarded">Parts of discarded episodes, which are known and lie nowhere.</param>
    public static EpisodeIndex Load(IReadOnlyList<string> parts, IReadOnlyList<string> discarded, Func<DuckDb> open)
    {
        var index = new EpisodeIndex();
        if (parts.Count + discarded.Count == 0)
        {
            return index;
        }

        using var db = open();
        foreach (var part in discarded)
        {
            foreach (var row in db.Query<DiscardedRow>($"SELECT * FROM read_parquet({DuckDb.QuoteFiles([part])})"))
            {
                index._ids.Add(Id(row.Id));
                if (row.SourceSha256.Length == ShaDigits)
                {
                    index._sources.Add(Key(Convert.FromHexString(row.KeySha256)) ^ Id(row.SourceSha256));
                }

                index.Know(
                    Key(Convert.FromHexString(row.KeySha256)),
                    new KnownEpisode(row.Length, row.RecordsDigest, row.Generation, null, "", IsDiscarded: true)
                );
            }
        }

        foreach (var part in parts)
        {
            var rows = db.Query<SlimRow>(
                "SELECT id, format, tenant, key, generation, length, records_digest, outcome "
                    + $"FROM read_parquet({DuckDb.QuoteFiles([part])})"
            );
            foreach (var row in rows)
            {
                index._ids.Add(Id(row.Id));
                index.Know(
                    Key(row.Format, row.Tenant, row.Key),
                    new KnownEpisode(row.Length, row.RecordsDigest, row.Generation, part, row.Outcome)
                );
            }
        }

        return index;
    }

    public bool Contains(EpisodeId id) => _ids.Contains(Id(id.Value));

    /// <summary>
    /// Whether these raw bytes were held under this key and were taken out or scrubbed again: other rules for scrubbing make
    /// another episode of them, and it is the same.
    /// </summary>
    public bool HeldSource(Episode episode, string sha256) =>
        sha256.Length == ShaDigits
        && _sources.Count > 0
        && _sources.Contains(Key(episode.Format, episode.Tenant, episode.Key) ^ Id(sha256));

    public KnownEpisode? Find(string format, string tenant, string key) =>
        _keys.TryGetValue(Key(format, tenant, key), out var known) ? known : null;

    public void Add(EpisodeRow row) => _ids.Add(Id(row.Id));

    public void Set(EpisodeRow row, string? part) =>
        _keys[Key(row.Format, row.Tenant, row.Key)] = new KnownEpisode(
            row.Length,
            row.RecordsDigest,
            row.Generation,
            part,
            row.Outcome
        );

    /// <summary>The hash of a key as discarded episodes keep it.</summary>
    public static byte[] KeyHash(string format, string tenant, string key) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{format}\0{tenant}\0{key}"));

    private void Know(UInt128 key, KnownEpisode episode)
    {
        if (!_keys.TryGetValue(key, out var known) || known.Generation <= episode.Generation)
        {
            _keys[key] = episode;
        }
    }

    private static UInt128 Id(string id) =>
        UInt128.Parse(id.AsSpan(0, 32), System.Globalization.NumberStyles.HexNumber);

    private static UInt128 Key(string format, string tenant, string key) => Key(KeyHash(format, tenant, key));

    private static UInt128 Key(byte[] hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);
}

/// <summary>What a batch knows of a stored key without reading it.</summary>
/// <param name="Length">Source records in it, or turns where the source has no separate records.</param>
/// <param name="RecordsDigest">Sum of <see cref="EpisodeSource.Records"/>: equal sets have equal sums.</param>
/// <param name="Generation">How often the key's record was replaced.</param>
/// <param name="Part">The part file it lies in; null while it lies in the batch's memory, or nowhere any more.</param>
internal readonly record struct KnownEpisode(
    int Length,
    long RecordsDigest,
    int Generation,
    string? Part,
    string Outcome,
    bool IsDiscarded = false
);

/// <summary>A row that is an id only.</summary>
internal sealed record IdRow(string Id);

/// <summary>A stored row without its conversation.</summary>
internal sealed record StampRow(
    string Id,
    string Format,
    string Tenant,
    string Key,
    int Generation,
    int Length,
    long RecordsDigest,
    string SourceSha256,
    DateTimeOffset? StartedAt
)
{
    /// <summary>What stays of the record when it is taken out.</summary>
    public DiscardedRow Hashes(DateTimeOffset now) =>
        new(
            Id,
            Convert.ToHexStringLower(EpisodeIndex.KeyHash(Format, Tenant, Key)),
            SourceSha256,
            Generation,
            Length,
            RecordsDigest,
            now
        );
}

/// <summary>What the index keeps of a row.</summary>
internal sealed record SlimRow(
    string Id,
    string Format,
    string Tenant,
    string Key,
    int Generation,
    int Length,
    long RecordsDigest,
    string Outcome
);

/// <summary>
/// What stays of a discarded episode: hashes, so that its log collected again adds nothing and what cites it can still be
/// checked, and no word of it.
/// </summary>
/// <param name="Id">SHA-256 over its content, see <see cref="EpisodeId"/>.</param>
/// <param name="KeySha256">Over format, tenant and key, with zero bytes between.</param>
/// <param name="SourceSha256">Over the raw bytes of its records.</param>
internal sealed record DiscardedRow(
    string Id,
    string KeySha256,
    string SourceSha256,
    int Generation,
    int Length,
    long RecordsDigest,
    DateTimeOffset Discarded
);
