namespace Distiller.Edge;

/// <summary>A conversation as tokens.</summary>
/// <param name="Tokens">T token ids.</param>
/// <param name="AssistantMask">
/// T flags: true on what the assistant says, its end-of-turn token included, and not on the header before it.
/// </param>
public sealed record TokenizedChat(int[] Tokens, bool[] AssistantMask);
