namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>What one line of a session brings.</summary>
/// <param name="Id">Its identity: a hash of its uuid, or of its bytes where it has none.</param>
internal sealed record ClaudeRecord(
    long Id,
    IReadOnlyList<Turn> Turns,
    ModelRequest? Request,
    IReadOnlyList<string> Events,
    DateTimeOffset? Time
);
