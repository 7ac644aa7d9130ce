using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;

namespace Distiller.Cli.Commands;

/// <summary><c>publish</c>: the newest evaluated adapter as a release.</summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        var session = new NightSession("--base");
        var command = new Command(
            "publish",
            "Copies the newest evaluated adapter into the registry, with hashes and lineage back to the episodes."
        );
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var release = session.Run(
                    parsed,
                    night =>
                        new PublishStage(night).Run(night.Latest(ArtifactKind.Evaluation, "evaluate"), cancellation)
                );
                session.Output(parsed).Result(release, Tables.Release);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
