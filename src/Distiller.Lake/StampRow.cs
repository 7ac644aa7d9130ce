namespace Distiller.Lake;

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
);
