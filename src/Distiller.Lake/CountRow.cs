namespace Distiller.Lake;

/// <summary>The counts of one format.</summary>
internal sealed record CountRow(
    string Format,
    long Episodes,
    long Turns,
    long Requests,
    long Input,
    long CacheRead,
    long CacheWrite,
    long Output,
    long Succeeded,
    long Failed,
    long Unknown
);
