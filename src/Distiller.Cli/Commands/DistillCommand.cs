using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;

namespace Distiller.Cli.Commands;

/// <summary><c>distill</c>: trains an adapter on the mined examples.</summary>
internal static class DistillCommand
{
    public static Command Create()
    {
        var session = new NightSession(
            "--seed",
            "--max-train-tokens",
            "--epochs",
            "--rank",
            "--alpha",
            "--learning-rate",
            "--tokens-per-step",
            "--threads",
            "--device"
        );
        var command = new Command(
            "distill",
            "Trains a LoRA adapter on the newest mined examples. Interrupted, the same command goes on from the checkpoint."
        );
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var trained = session.Run(
                    parsed,
                    night =>
                    {
                        var mined = night.Latest(ArtifactKind.Mined, "mine");
                        var adapter = new DistillStage(night).Run(mined, cancellation);
                        return new DistilledResult(adapter.Key, DistillStage.ReadSummary(adapter));
                    }
                );
                session.Output(parsed).Result(trained, Tables.Distilled);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
