using System.Text.Json.Serialization;

namespace Distiller.Core;

/// <summary>One message of an episode: said by the system, the user or the assistant, or observed from a tool.</summary>
public sealed record Turn(TurnRole Role, string Text)
{
    /// <summary>Calls the assistant makes in this turn, in order; empty for other roles.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>For a tool turn: the <see cref="ToolCall.Id"/> it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>For a tool turn: whether the tool reported an error.</summary>
    public bool IsError { get; init; }

    /// <summary>For an assistant turn: the <see cref="ModelRequest.Id"/> that produced it, where the log tells.</summary>
    public string? RequestId { get; init; }

    public DateTimeOffset? Time { get; init; }

    /// <summary>For a user turn that no person wrote: who did. Null: its role says it.</summary>
    public TurnOrigin? Origin { get; init; }

    /// <summary>Whether a person asks or answers here: what a task can begin with.</summary>
    [JsonIgnore]
    public bool IsRequest => Role == TurnRole.User && Origin is null;
}

/// <summary>Who wrote a user turn in a person's name.</summary>
public enum TurnOrigin
{
    /// <summary>The agent's harness: a notice, a reminder, the record of a slash command, an interruption.</summary>
    Harness,

    /// <summary>The model: a summary that stands in place of the conversation before it.</summary>
    Summary,
}

public enum TurnRole
{
    System,
    User,
    Assistant,

    /// <summary>An observation: the result of a tool call.</summary>
    Tool,
}

/// <summary>
/// One step of a pattern: a tool call whose constant arguments are kept and whose varying ones are slots,
/// for example <c>get_reservation_details(reservation_id={reservation_id})</c>.
/// </summary>
public sealed record ToolStep(string Tool, IReadOnlyList<ToolArgument> Arguments)
{
    public override string ToString() => $"{Tool}({string.Join(", ", Arguments)})";
}

/// <summary>One tool call of an assistant turn.</summary>
/// <param name="Id">Links the call to its observation; unique within the episode.</param>
/// <param name="ArgumentsJson">A JSON object, as the agent wrote it.</param>
public sealed record ToolCall(string Id, string Name, string ArgumentsJson);

/// <summary>One argument of a tool step: a constant JSON value, or a slot to be filled.</summary>
/// <param name="ConstantJson">The JSON value it always had; null for a slot.</param>
public sealed record ToolArgument(string Name, string? ConstantJson)
{
    public override string ToString() => $"{Name}={ConstantJson ?? $"{{{Name}}}"}";
}
