namespace Distiller.Mining.Examples;

/// <summary>Rows for the trainer, by episode and window.</summary>
/// <param name="UntaughtTurns">Assistant turns of the episodes looked at that teach nothing because they follow a rejected procedure.</param>
public sealed record ExampleSet(IReadOnlyList<TrainingExample> Examples, ExampleReport Report, int UntaughtTurns = 0);
