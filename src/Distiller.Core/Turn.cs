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
}
