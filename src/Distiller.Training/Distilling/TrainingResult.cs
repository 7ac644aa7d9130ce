using Distiller.Gguf;

namespace Distiller.Training.Distilling;

/// <summary>What a finished training leaves.</summary>
/// <param name="Curve">Every step, also those done before an interruption.</param>
/// <param name="RowsWithoutLoss">Rows left out because no token of theirs carries loss.</param>
/// <param name="ResumedFrom">Steps that a checkpoint brought along; 0 for a run in one piece.</param>
/// <param name="Seconds">
/// That the steps took, before interruptions and after; those that a killed run had not saved are counted once, as repeated.
/// </param>
public sealed record TrainingResult(
    LoraWeights Adapter,
    IReadOnlyList<TrainingStep> Curve,
    long TrainTokens,
    int RowsWithoutLoss,
    int ResumedFrom,
    double Seconds
);
