namespace Distiller.Lake.Catalog;

/// <summary>One line of the catalog: what is known of an episode without its conversation.</summary>
/// <param name="Key">The episode's own name in its source.</param>
/// <param name="Requests">Billed requests; one that several episodes tell of counts for one of them only.</param>
/// <param name="Usage">Tokens of those requests.</param>
public sealed record EpisodeEntry(
    EpisodeId Id,
    string Format,
    string Tenant,
    string Key,
    string TaskId,
    string Agent,
    string? Model,
    DateTimeOffset? StartedAt,
    Outcome Outcome,
    int Turns,
    int Requests,
    Usage Usage
);

/// <summary>Where one episode lies.</summary>
/// <param name="Shared">What other episodes tell of its requests; null for nothing.</param>
internal sealed record EpisodePlace(string Part, string Id, SharedRequests? Shared)
{
    public StoredEpisode? Read()
    {
        using var db = DuckDb.Open();
        var row = db.Query<EpisodeRow>(
                $"SELECT * FROM read_parquet({DuckDb.QuoteFiles([Part])}) WHERE id = {DuckDb.Quote(Id)}"
            )
            .FirstOrDefault();
        if (row?.ToStored() is not { } stored)
        {
            return null;
        }

        return Shared is null ? stored : stored with { Episode = Shared.ToOwner(stored.Episode) };
    }
}
