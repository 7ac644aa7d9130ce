namespace Distiller.Evaluation;

/// <summary>Whether the figures may be published as a success.</summary>
/// <param name="Reasons">Why not; empty where they may.</param>
public sealed record TrialGate(bool IsOpen, IReadOnlyList<string> Reasons);
