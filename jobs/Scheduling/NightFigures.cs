using System.Text.Json;
using Distiller.Core;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>The headline of a night's report, as its run keeps it.</summary>
public static class NightFigures
{
    /// <param name="home">The workspace, to which the report's path becomes relative.</param>
    public static RunFigures Of(NightReport report, string home) =>
        new()
        {
            Episodes = report.Episodes,
            Quarantined = report.Quarantined,
            Patterns = report.Patterns,
            TrainTokens = report.TrainTokens,
            TokensPerStepBefore = report.TokensPerStep.Before,
            TokensPerStepAfter = report.TokensPerStep.After,
            HoldoutLossBase = report.HoldoutLoss.Base,
            HoldoutLossInt4 = report.HoldoutLoss.AdapterInt4,
            Int4Bytes = report.AdapterBytes.Int4,
            Published = report.Published,
            ReleaseId = report.Release,
            GateReasons = report.Gate.Reasons,
            // The words that the report has.
            Verdict = report.Trial?.Verdict is { } verdict
                ? JsonSerializer.SerializeToElement(verdict, EpisodeJson.Options).GetString()
                : null,
            Tasks = report.Trial is { Arms: [var first, ..] } ? first.Tasks : null,
            Arms =
            [
                .. (report.Trial?.Arms ?? []).Select(a => new ArmFigures(
                    a.Arm,
                    a.Tasks,
                    a.Solved,
                    a.TokensPerTask,
                    a.TokensPerSolvedTask,
                    a.CostPerSolvedTask
                )),
            ],
            ReportPath = Path.GetRelativePath(home, report.Report),
        };
}
