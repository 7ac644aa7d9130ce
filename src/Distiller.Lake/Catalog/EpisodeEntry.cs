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
