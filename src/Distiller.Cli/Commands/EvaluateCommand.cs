using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Evaluation;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>evaluate</c>: the newest adapter against the bare base, on held-out episodes.</summary>
internal static class EvaluateCommand
{
    public static Command Create() =>
        StageCommand.Create(
            "evaluate",
            "Compares base, F16 and INT4 adapter in llama.cpp on held-out episodes, and writes report.html.",
            ["seed", "system", .. Setting.NamesOf<HoldoutOptions>(), "threads"],
            (night, cancellation) =>
            {
                var quantized = night.Latest(ArtifactKind.Quantized, "quantize");
                var evaluation = new EvaluateStage(night).Run(quantized, cancellation);
                return new EvaluatedResult(
                    evaluation.Key,
                    evaluation.File(EvaluateStage.ReportFile),
                    EvaluateStage.ReadSummary(evaluation)
                );
            },
            StageTables.Evaluated
        );
}

/// <summary>The document of <c>evaluate --json</c>.</summary>
internal sealed record EvaluatedResult(string Artifact, string Report, EvaluationSummary Summary);
