namespace Distiller.Evaluation;

/// <param name="TokensPerTask">Mean.</param>
/// <param name="TokensPerSolvedTask">Null where none was solved.</param>
/// <param name="CostPerSolvedTask">Null where none was solved.</param>
public sealed record TrialShowArm(
    string Arm,
    int Tasks,
    int Solved,
    double TokensPerTask,
    double? TokensPerSolvedTask,
    double? CostPerSolvedTask
);
