namespace Distiller.Evaluation;

/// <summary>A file that was measured, by what it holds.</summary>
public sealed record MeasuredFile(string Name, string Sha256, long Bytes);
