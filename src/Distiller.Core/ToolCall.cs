namespace Distiller.Core;

/// <summary>One tool call of an assistant turn.</summary>
/// <param name="Id">Links the call to its observation; unique within the episode.</param>
/// <param name="ArgumentsJson">A JSON object, as the agent wrote it.</param>
public sealed record ToolCall(string Id, string Name, string ArgumentsJson);
