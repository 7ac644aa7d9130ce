namespace Distiller.Evaluation;

/// <summary>One assistant turn of a held-out row.</summary>
/// <param name="Start">Position of its first token: the prompt is every token before it.</param>
/// <param name="Length">Its tokens, the end of turn included.</param>
/// <param name="Logged">Its text.</param>
/// <param name="Generate">Whether the model is to write this turn itself, for the agreement of tool calls.</param>
public sealed record HoldoutStep(int Start, int Length, string Logged, bool Generate);
