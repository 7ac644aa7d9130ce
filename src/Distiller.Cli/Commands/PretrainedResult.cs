using Distiller.Training.Pretraining;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>pretrain --json</c>.</summary>
/// <param name="IsFinished">False where the time was up; the same command goes on.</param>
/// <param name="Base">The model as it is now.</param>
internal sealed record PretrainedResult(
    bool IsFinished,
    int Steps,
    int Budget,
    long Tokens,
    double? Loss,
    string TopRung,
    IReadOnlyList<RungResult> Rungs,
    long Parameters,
    long Bytes,
    string Base
);
