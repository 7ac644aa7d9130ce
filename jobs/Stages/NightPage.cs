using Distiller.Evaluation;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Mining;
using Distiller.Mining.Examples;
using Distiller.Reporting;
using Distiller.Training.Distilling;

namespace Distiller.Jobs.Stages;

/// <summary>What a night's report shows, gathered from its artifacts.</summary>
internal static class NightPage
{
    /// <param name="evaluationFolder">Where <see cref="EvaluationFolder"/> wrote.</param>
    public static ReportInput Of(Night night, Lineage lineage, string evaluationFolder)
    {
        var mining = MineStage.ReadReport(lineage.Mined);
        var training = DistillStage.ReadSummary(lineage.Adapter);
        var manifest = AdapterManifest.Read(lineage.Quantized.File(AdapterManifest.FileName));
        var curve = ParquetTable.Read<TrainingStep>(lineage.Adapter.File(DistillStage.CurveFile));
        return new ReportInput
        {
            Title = night.Base.Name,
            Summary = EvaluationFolder.ReadSummary(evaluationFolder),
            Rows = EvaluationFolder.ReadRows(evaluationFolder),
            Tokens = EvaluationFolder.ReadTokens(evaluationFolder),
            Training = [.. curve.Select(s => new TrainingCurvePoint(s.Step, s.Loss, s.LearningRate))],
            TensorErrors = [.. manifest.Tensors.Select(t => new TensorErrorRow(t.BaseTensor, t.Error))],
            Patterns = MineStage.ReadPatterns(lineage.Mined),
            Lineage =
            [
                new LineageEntry("collect", lineage.Snapshot, $"{mining.Episodes:N0} episodes"),
                new LineageEntry("reduce", lineage.Reduced.Key, Reduction(lineage.Reduced)),
                new LineageEntry(
                    "mine",
                    lineage.Mined.Key,
                    $"{mining.Patterns} patterns, {mining.TrainTasks} train and {mining.HoldoutTasks} holdout tasks{Labels(mining)}{BeyondBudget(mining.TrainExamples)}"
                ),
                .. Study(lineage),
                new LineageEntry(
                    "distill",
                    lineage.Adapter.Key,
                    $"{training.TrainTokens:N0} tokens, {training.Steps} steps"
                ),
                new LineageEntry(
                    "quantize",
                    lineage.Quantized.Key,
                    $"rank {manifest.Rank}, product error {manifest.MeanError:P1}"
                ),
            ],
        };
    }

    /// <summary>What tells that the tasks succeeded which teach; a reader must know where nobody could check it.</summary>
    private static string Labels(MiningReport mining) =>
        mining.Labels is not { } labels
            ? ""
            : $"; {labels.Succeeded:N0} succeeded, {labels.Failed:N0} failed, {labels.Unknown:N0} unknown, told by "
                + string.Join(
                    ", ",
                    labels.BySource.OrderByDescending(s => s.Value).Select(s => $"{s.Key} {s.Value:N0}")
                )
                + (
                    mining.UnmeasuredShare > 0
                        ? $"; {mining.UnmeasuredShare:P0} of what is taught rests on rules that nobody could measure"
                        : ""
                );

    private static IEnumerable<LineageEntry> Study(Lineage lineage)
    {
        if (StudyStage.ReadSummary(lineage.Examples) is { } study)
        {
            yield return new LineageEntry(
                "study",
                lineage.Examples.Key,
                $"{study.Documents.Sum(d => d.Entries):N0} entries of {study.Documents.Count:N0} documents: {study.Made:N0} rows made, {study.Tokens:N0} tokens; {study.Outdated:N0} logged successes out of date"
                    + string.Concat(
                        study.Documents.Where(d => d.Note.Length > 0).Select(d => $"; {d.ContextId}: {d.Note}")
                    )
            );
        }
    }

    private static string BeyondBudget(ExampleReport taught) =>
        taught.BeyondBudget == 0
            ? ""
            : $"; {taught.BeyondBudget:N0} successes of {taught.BeyondBudgetTasks:N0} tasks left out by the token budget, the least sure and rarest";

    private static string Reduction(Artifact reduced)
    {
        var reductions = ReduceStage.ReadReductions(reduced);
        var before = reductions.Sum(r => r.TokensBefore);
        var after = reductions.Sum(r => r.TokensAfter);
        return $"tool output {before:N0} to {after:N0} tokens";
    }
}
