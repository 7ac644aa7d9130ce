namespace Distiller.Evaluation;

/// <summary>An arm as it was run.</summary>
/// <param name="Adapter">Null: the base alone.</param>
public sealed record MeasuredArm(string Arm, string Title, bool IsVerbose, MeasuredFile? Adapter);
