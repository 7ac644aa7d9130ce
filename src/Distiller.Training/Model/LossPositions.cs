namespace Distiller.Training.Model;

/// <summary>Where loss is: for each, the position in the packed rows, the token that should follow, and its weight.</summary>
public sealed record LossPositions(
    IReadOnlyList<int> Positions,
    IReadOnlyList<int> Targets,
    IReadOnlyList<float> Weights
);
