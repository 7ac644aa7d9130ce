using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>publish</c>: the newest evaluated adapter as a release.</summary>
internal static class PublishCommand
{
    public static Command Create() =>
        StageCommand.Create(
            "publish",
            "Copies the newest evaluated adapter into the registry, with hashes and lineage back to the episodes.",
            [],
            (night, cancellation) =>
                new PublishStage(night).Run(
                    night.Latest(ArtifactKind.Evaluation, "evaluate"),
                    cancellation: cancellation
                ),
            ReleaseTables.Release
        );
}
