using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>distill</c>: trains an adapter on the mined examples.</summary>
internal static class DistillCommand
{
    public static Command Create() =>
        StageCommand.Create(
            "distill",
            "Trains a LoRA adapter on the newest mined examples. Interrupted, the same command goes on from the checkpoint.",
            [
                "--seed",
                "--max-train-tokens",
                "--epochs",
                "--rank",
                "--alpha",
                "--learning-rate",
                "--tokens-per-step",
                "--threads",
                "--device",
                "--precision",
            ],
            (night, cancellation) =>
            {
                var mined = night.Latest(ArtifactKind.Mined, "mine");
                var adapter = new DistillStage(night).Run(mined, cancellation);
                return new DistilledResult(adapter.Key, DistillStage.ReadSummary(adapter));
            },
            StageTables.Distilled
        );
}
