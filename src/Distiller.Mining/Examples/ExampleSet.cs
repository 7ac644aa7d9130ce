namespace Distiller.Mining.Examples;

/// <summary>Rows for the trainer, by episode and window.</summary>
public sealed record ExampleSet(IReadOnlyList<TrainingExample> Examples, ExampleReport Report);
