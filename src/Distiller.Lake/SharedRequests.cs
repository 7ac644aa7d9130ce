namespace Distiller.Lake;

/// <summary>What other episodes tell of an episode's requests, as parallel lists.</summary>
public record SharedRequests(
    string[] SharedIds,
    bool[] SharedOwned,
    long[] SharedInput,
    long[] SharedCacheRead,
    long[] SharedCacheWrite,
    long[] SharedOutput
)
{
    /// <summary>The episode with those requests only that are counted for it.</summary>
    public Episode ToOwner(Episode episode)
    {
        if (SharedIds.Length == 0)
        {
            return episode;
        }

        var requests = new List<ModelRequest>(episode.Requests.Count);
        foreach (var request in episode.Requests)
        {
            var i = Array.IndexOf(SharedIds, request.Id);
            if (i < 0)
            {
                requests.Add(request);
            }
            else if (SharedOwned[i])
            {
                var usage = new Usage(SharedInput[i], SharedCacheRead[i], SharedCacheWrite[i], SharedOutput[i]);
                requests.Add(request with { Usage = usage });
            }
        }

        return episode with
        {
            Requests = requests,
        };
    }
}

/// <summary>A current episode without its conversation.</summary>
public sealed record CurrentEpisode(
    string Id,
    string[] SharedIds,
    bool[] SharedOwned,
    long[] SharedInput,
    long[] SharedCacheRead,
    long[] SharedCacheWrite,
    long[] SharedOutput
) : SharedRequests(SharedIds, SharedOwned, SharedInput, SharedCacheRead, SharedCacheWrite, SharedOutput);

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
