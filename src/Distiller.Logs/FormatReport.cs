namespace Distiller.Logs;

/// <summary>What one format brought; the fields are those of <see cref="CollectReport"/>.</summary>
public sealed record FormatReport(
    long Records,
    long Stored,
    long Duplicates,
    long Quarantined,
    long Episodes,
    long Turns,
    long Requests,
    UsageReport Usage
);
