using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.Jobs.Stages;
using Distiller.Mining;
using Distiller.Mining.Cards;
using Distiller.Mining.Imprints;
using Distiller.Mining.Reducing;

namespace Distiller.Cli.Commands;

/// <summary><c>mine</c>: reduced episodes, patterns and training examples from what was collected.</summary>
internal static class MineCommand
{
    public static Command Create() =>
        StageCommand.Create(
            "mine",
            "Shortens tool output, splits tasks into train and holdout, mines recurring procedures of successful episodes, and builds training examples.",
            ["seed", "newest-days", .. Setting.NamesOf<MiningOptions>(), "max-train-tokens", "epochs"],
            (night, cancellation) =>
            {
                var reduced = new ReduceStage(night).Run(cancellation);
                var artifact = new MineStage(night).Run(reduced, cancellation: cancellation);
                return new MinedResult(
                    artifact.Key,
                    ReduceStage.ReadReductions(reduced),
                    MineStage.ReadReport(artifact),
                    MineStage.ReadPatterns(artifact),
                    ImprintBook.ReadCards(artifact)
                );
            },
            StageTables.Mined
        );
}

/// <summary>The document of <c>mine --json</c>.</summary>
internal sealed record MinedResult(
    string Artifact,
    IReadOnlyList<ReductionSummary> Reductions,
    MiningReport Report,
    IReadOnlyList<Pattern> Patterns,
    IReadOnlyList<Card> Cards
);
