namespace Distiller.Evaluation;

/// <summary>One figure of the same kind for each arm.</summary>
public sealed record ArmFigures<T>(T Base, T AdapterF16, T AdapterInt4);
