namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>What one line of a session brings.</summary>
/// <param name="Id">Its identity: a hash of its uuid, or of its bytes where it has none.</param>
internal sealed record ClaudeRecord(long Id)
{
    public string? Uuid { get; init; }

    /// <summary>The uuid of the line it answers.</summary>
    public string? Parent { get; init; }

    public DateTimeOffset? Time { get; init; }

    public IReadOnlyList<Turn> Turns { get; init; } = [];

    public IReadOnlyList<ModelRequest> Requests { get; init; } = [];

    /// <summary>What is no turn, by kind.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    public string? Folder { get; init; }

    public string? Branch { get; init; }

    /// <summary>For the last line of a printed stream: what it says of the run.</summary>
    public ClaudeResult? Result { get; init; }

    /// <summary>Whether a person's request stands here: where a session can be wound back to.</summary>
    public bool IsPrompt => Turns.Any(t => t.IsRequest);

    public bool IsAssistant => Requests.Count > 0 || Turns.Any(t => t.Role == TurnRole.Assistant);
}

/// <summary>The line that closes <c>--output-format stream-json</c>.</summary>
/// <param name="Usage">Of all requests of the run.</param>
internal sealed record ClaudeResult(bool IsError, Usage Usage);
