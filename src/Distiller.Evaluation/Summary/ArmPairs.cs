namespace Distiller.Evaluation;

/// <summary>One comparison of the same kind for each pair of arms that is asked about.</summary>
public sealed record ArmPairs<T>(T AdapterF16VersusBase, T AdapterInt4VersusBase, T AdapterInt4VersusF16);
