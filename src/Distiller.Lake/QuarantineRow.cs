namespace Distiller.Lake;

/// <summary>A quarantined record as a row.</summary>
internal sealed record QuarantineRow(
    string Id,
    string File,
    long Line,
    string Format,
    string Reason,
    string Remedy,
    string Sha256,
    string Excerpt,
    string? Tenant
)
{
    public QuarantinedRecord ToRecord() =>
        new(new SourceLocation(File, Line), Format, Reason, Remedy, Sha256, Excerpt) { Tenant = Tenant };
}
