namespace Distiller.Lake;

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
    bool IsDiscarded = false
);
