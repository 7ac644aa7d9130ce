namespace Distiller.Evaluation;

/// <summary>Whether an adapter may be published.</summary>
/// <param name="Reasons">Why not; empty where they may.</param>
public sealed record Gate(bool IsOpen, IReadOnlyList<string> Reasons);
