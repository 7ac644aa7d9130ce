namespace Distiller.Opsdesk;

/// <summary>One request to the agent, for whoever bills it.</summary>
/// <param name="Answer">As it came, cut at the limit.</param>
public sealed record DeskRequest(IReadOnlyList<ChatMessage> Prompt, string Answer);
