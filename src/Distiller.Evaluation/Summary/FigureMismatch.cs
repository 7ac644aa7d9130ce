namespace Distiller.Evaluation;

/// <summary>A figure of the certificate that its rows do not give.</summary>
/// <param name="Figure">Its place in <c>evaluation.json</c>, for example <c>holdoutLoss.base</c>.</param>
public sealed record FigureMismatch(string Figure, string Stated, string Recomputed);
