namespace Distiller.Lake;

/// <summary>What the index keeps of a row.</summary>
internal sealed record SlimRow(
    string Id,
    string Format,
    string Tenant,
    string Key,
    int Generation,
    int Length,
    long RecordsDigest
);
