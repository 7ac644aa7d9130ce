using Distiller.Lake;
using Distiller.Training.Distilling;

namespace Distiller.Jobs.Stages;

/// <summary>
/// The null control of the trial: an adapter trained the same way, with the same settings, on the same rows with shuffled
/// completions, and quantized the same way. Its gain cannot be knowledge of the tasks.
/// </summary>
public sealed class ControlStage(Night night)
{
    private const string Stage = "control";
    internal const string Version = "3";

    /// <returns>An artifact as <see cref="DistillStage"/> makes it.</returns>
    public Artifact Train(Artifact mined, CancellationToken cancellation = default) =>
        new DistillStage(night, ArtifactKind.ControlAdapter, Stage).Run(Shuffled(mined), cancellation);

    /// <returns>An artifact as <see cref="QuantizeStage"/> makes it.</returns>
    public Artifact Quantize(Artifact adapter, CancellationToken cancellation = default) =>
        new QuantizeStage(night, ArtifactKind.ControlQuantized, Stage).Run(adapter, cancellation);

    private Artifact Shuffled(Artifact mined)
    {
        var recipe = new ArtifactRecipe(Stage, Version, new { }, night.Settings.Seed, [mined.Key]);
        return night.Make(
            ArtifactKind.ControlExamples,
            recipe,
            draft =>
                ExampleFile.Write(
                    draft[MineStage.TrainFile],
                    ShuffledCompletions.Of(
                        [.. ExampleFile.Read(mined.File(MineStage.TrainFile))],
                        (ulong)night.Settings.Seed
                    )
                )
        );
    }
}
