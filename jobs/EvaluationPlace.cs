namespace Distiller.Jobs;

/// <summary>Where an evaluation lies.</summary>
/// <param name="Folder">With its figures and the rows they follow from.</param>
/// <param name="Release">The folder of the release that was published with it; null where none was asked for.</param>
public sealed record EvaluationPlace(string Folder, string? Release);
