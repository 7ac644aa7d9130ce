namespace Distiller.Core;

/// <summary>A record that could not be read, kept with the reason so that nothing is lost silently.</summary>
/// <param name="Sha256">Of the record's raw bytes (or of the file's head when the whole file is refused).</param>
/// <param name="Excerpt">The first characters of the record, scrubbed of secrets.</param>
public sealed record QuarantinedRecord(
    SourceLocation Place,
    string Format,
    string Reason,
    string Remedy,
    string Sha256,
    string Excerpt
)
{
    /// <summary>Whose log it is from; null where an earlier version did not note it.</summary>
    public string? Tenant { get; init; }
}
