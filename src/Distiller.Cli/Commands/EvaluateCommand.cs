using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Jobs.Stages;

namespace Distiller.Cli.Commands;

/// <summary><c>evaluate</c>: the newest adapter against the bare base, on held-out episodes.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var session = new NightSession("--seed", "--system", "--max-holdout-tokens", "--tool-steps", "--threads");
        var command = new Command(
            "evaluate",
            "Compares base, F16 and INT4 adapter in llama.cpp on held-out episodes, and writes report.html."
        );
        session.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var result = session.Run(
                    parsed,
                    night =>
                    {
                        var quantized = night.Latest(ArtifactKind.Quantized, "quantize");
                        var evaluation = new EvaluateStage(night).Run(quantized, cancellation);
                        return new EvaluatedResult(
                            evaluation.Key,
                            evaluation.File(EvaluateStage.ReportFile),
                            EvaluateStage.ReadSummary(evaluation)
                        );
                    }
                );
                session.Output(parsed).Result(result, Tables.Evaluated);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}
