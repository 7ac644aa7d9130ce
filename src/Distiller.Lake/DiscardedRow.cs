namespace Distiller.Lake;

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
