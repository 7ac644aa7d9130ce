namespace Distiller.Lake;

/// <summary>An episode's row together with what other episodes tell of the same requests.</summary>
internal sealed record SharedEpisodeRow : EpisodeRow
{
    public required string[] SharedIds { get; init; }
    public required bool[] SharedOwned { get; init; }
    public required long[] SharedInput { get; init; }
    public required long[] SharedCacheRead { get; init; }
    public required long[] SharedCacheWrite { get; init; }
    public required long[] SharedOutput { get; init; }

    /// <inheritdoc cref="SharedRequests.ToOwner"/>
    public Episode ToOwner() =>
        new SharedRequests(
            SharedIds,
            SharedOwned,
            SharedInput,
            SharedCacheRead,
            SharedCacheWrite,
            SharedOutput
        ).ToOwner(ToEpisode());
}
