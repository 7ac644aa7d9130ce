namespace Distiller.Jobs.Scheduling.Store;

/// <summary>A machine that carries out steps.</summary>
/// <param name="Roles"><c>cpu</c>, <c>gpu</c> or both.</param>
/// <param name="Seen">Its last sign of life.</param>
public sealed record RunNode(
    string Name,
    IReadOnlyList<string> Roles,
    string Version,
    DateTimeOffset Started,
    DateTimeOffset Seen
);
