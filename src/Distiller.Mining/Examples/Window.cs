namespace Distiller.Mining.Examples;

/// <summary>A piece of one conversation that fits the student's sequence.</summary>
/// <param name="Tokens">T token ids.</param>
/// <param name="LossMask">T flags: the tokens of the turns that this window teaches.</param>
/// <param name="Targets">Assistant turns that it teaches.</param>
/// <param name="IsTruncated">Whether its only target is longer than the window.</param>
/// <param name="IsShortened">Whether the observation before its only target was shortened.</param>
internal sealed record Window(int[] Tokens, bool[] LossMask, int Targets, bool IsTruncated, bool IsShortened);
