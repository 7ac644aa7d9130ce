namespace Distiller.Lake.Catalog;

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
