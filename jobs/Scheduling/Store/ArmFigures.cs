namespace Distiller.Jobs.Scheduling.Store;

/// <summary>One arm of a trial.</summary>
/// <param name="Arm"><c>A0</c> to <c>A4</c>; A1 is before (context in the prompt), A3 is after (INT4 adapter).</param>
/// <param name="CostPerSolvedTask">In the price table's currency; null where none was solved.</param>
public sealed record ArmFigures(
    string Arm,
    int Tasks,
    int Solved,
    double TokensPerTask,
    double? TokensPerSolvedTask,
    double? CostPerSolvedTask
);
