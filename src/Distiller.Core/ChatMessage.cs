namespace Distiller.Core;

/// <summary>A message as a chat template takes it. Role: <c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
public sealed record ChatMessage(string Role, string Content);
