namespace Distiller.Pretraining;

/// <summary>What a training from nothing leaves, finished or paused.</summary>
/// <param name="Weights">Row after row, by GGUF name.</param>
/// <param name="Curve">Every step, also those done before an interruption.</param>
/// <param name="TopRung">The highest rung that was opened.</param>
/// <param name="IsFinished">False where the time was up before the steps were done.</param>
/// <param name="ResumedFrom">Steps that a checkpoint brought along; 0 for a run in one piece.</param>
public sealed record PretrainingResult(
    IReadOnlyDictionary<string, float[]> Weights,
    IReadOnlyList<PretrainingStep> Curve,
    int TopRung,
    bool IsFinished,
    int ResumedFrom
);
