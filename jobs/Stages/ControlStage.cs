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
    /// <param name="examples">The artifact that the adapter under trial was trained on.</param>
    public Artifact Train(Artifact examples, CancellationToken cancellation = default) =>
        new DistillStage(night, ArtifactKind.ControlAdapter, Stage).Run(Shuffled(examples), cancellation);

    /// <returns>An artifact as <see cref="QuantizeStage"/> makes it.</returns>
    public Artifact Quantize(Artifact adapter, CancellationToken cancellation = default) =>
        new QuantizeStage(night, ArtifactKind.ControlQuantized, Stage).Run(adapter, cancellation);

    private Artifact Shuffled(Artifact examples)
    {
        var recipe = new ArtifactRecipe(Stage, Version, new { }, night.Settings.Seed, [examples.Key]);
        return night.Make(
            ArtifactKind.ControlExamples,
            recipe,
            draft =>
                ExampleFile.Write(
                    draft[MineStage.TrainFile],
                    ShuffledCompletions.Of(
                        [.. ExampleFile.Read(examples.File(MineStage.TrainFile))],
                        (ulong)night.Settings.Seed
                    )
                )
        );
    }
}
