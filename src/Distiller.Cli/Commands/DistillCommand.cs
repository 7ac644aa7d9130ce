using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Study;
using Distiller.Training.Distilling;

namespace Distiller.Cli.Commands;

/// <summary><c>distill</c>: trains an adapter on the mined examples.</summary>
internal static class DistillCommand
{
    public static Command Create() =>
        StageCommand.Create(
            "distill",
            "Trains a LoRA adapter on the newest mined examples. Interrupted, the same command goes on from the checkpoint.",
            ["seed", .. Setting.NamesOf<StudyOptions>(), .. Setting.NamesOf<TrainingOptions>(), "threads", "device"],
            (night, cancellation) =>
            {
                var mined = night.Latest(ArtifactKind.Mined, "mine");
                var examples = new StudyStage(night).Run(mined, cancellation);
                var adapter = new DistillStage(night).Run(examples, cancellation);
                return new DistilledResult(adapter.Key, DistillStage.ReadSummary(adapter));
            },
            StageTables.Distilled
        );
}

/// <summary>The document of <c>distill --json</c>.</summary>
internal sealed record DistilledResult(string Artifact, TrainingSummary Training);
