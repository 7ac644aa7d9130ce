namespace Distiller.Edge;

/// <summary>How much of a prompt was in the cache already, and how much had to be computed.</summary>
/// <param name="Reused">Tokens of the longest prefix shared with the cache (never all: the last one is always computed).</param>
/// <param name="Evaluated">Tokens computed now.</param>
public readonly record struct PrefillResult(int Reused, int Evaluated);
