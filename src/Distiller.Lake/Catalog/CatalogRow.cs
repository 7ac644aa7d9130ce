namespace Distiller.Lake.Catalog;

/// <summary>A line of the catalog as it lies in its table.</summary>
/// <param name="Place">0 for the newest.</param>
/// <param name="Part">Number of the part file that holds the episode.</param>
internal sealed record CatalogRow(
    long Place,
    int Part,
    string Id,
    string Format,
    string Tenant,
    string Key,
    string TaskId,
    string Agent,
    string? Model,
    DateTimeOffset? StartedAt,
    string Outcome,
    string Judge,
    double? Score,
    double? Confidence,
    int Turns,
    int Requests,
    long Input,
    long CacheRead,
    long CacheWrite,
    long Output
)
{
    public EpisodeEntry ToEntry() =>
        new(
            new EpisodeId(Id),
            Format,
            Tenant,
            Key,
            TaskId,
            Agent,
            Model,
            StartedAt,
            new Outcome(Enum.Parse<OutcomeKind>(Outcome, ignoreCase: true), Judge, Score, Confidence),
            Turns,
            Requests,
            new Usage(Input, CacheRead, CacheWrite, Output)
        );
}
