using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Evaluation.Report;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Mining.Patterns;
using Distiller.Training.Distilling;

namespace Distiller.Jobs.Stages;

/// <summary>The bare base, the 16-bit and the INT4 adapter on held-out episodes, in the runtime that the edge uses.</summary>
public sealed class EvaluateStage(Night night)
{
    public const string EvaluationFile = EvaluationFolder.SummaryName;
    public const string ReportFile = "report.html";
    private const string WorkFolder = "measured";
    private const string Stage = "evaluate";
    private const string Version = "1";

    public Artifact Run(Artifact quantized, CancellationToken cancellation = default)
    {
        var options = Options(night.Settings);
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                options,
                night.Settings.SystemLine,
            },
            night.Settings.Seed,
            [quantized.Key]
        );
        return night.Make(
            ArtifactKind.Evaluation,
            recipe,
            draft => Evaluate(draft, quantized, options, cancellation),
            $"{WorkFolder}/*"
        );
    }

    public static EvaluationSummary ReadSummary(Artifact evaluation) => EvaluationFolder.ReadSummary(evaluation.Folder);

    private static HoldoutOptions Options(NightSettings settings) =>
        new()
        {
            MaxHoldoutTokens = (int)Math.Min(settings.MaxHoldoutTokens, int.MaxValue),
            MaxGeneratedSteps = settings.ToolSteps,
            Threads = settings.Threads,
            Seed = (ulong)settings.Seed,
        };

    private void Evaluate(
        ArtifactDraft draft,
        Artifact quantized,
        HoldoutOptions options,
        CancellationToken cancellation
    )
    {
        night.Tell(Stage, 0, 1, "loading the base");
        var lineage = Lineage.OfAdapter(night.Workspace, quantized);
        var patterns = MineStage.ReadPatterns(lineage.Mined);
        var measured = HoldoutEvaluator.Evaluate(
            night.Settings.BasePath,
            quantized.File(Exporter.F16File),
            quantized.File(Exporter.Int4File),
            [.. ExampleFile.Read(lineage.Mined.File(MineStage.HoldoutFile))],
            options,
            draft[WorkFolder],
            night.Progress,
            cancellation
        );
        var tokens = TokenAccount.Count(
            [.. EpisodeFile.Read(lineage.Mined.File(MineStage.HoldoutEpisodesFile))],
            night.Tokenizer(),
            PatternText.Render(patterns),
            night.Settings.SystemLine,
            cancellation: cancellation
        );
        var summary = EvaluationSummary.Of(measured, tokens, ToolVersion.Current);
        EvaluationFolder.Write(draft.Folder, summary, measured.Rows, tokens);
        HtmlReport.Write(draft[ReportFile], Page(lineage, summary, measured.Rows, tokens, patterns));
    }

    private ReportInput Page(
        Lineage lineage,
        EvaluationSummary summary,
        IReadOnlyList<EvaluationRow> rows,
        IReadOnlyList<TokenRow> tokens,
        IReadOnlyList<Pattern> patterns
    )
    {
        var mining = MineStage.ReadReport(lineage.Mined);
        var training = DistillStage.ReadSummary(lineage.Adapter);
        var manifest = AdapterManifest.Read(lineage.Quantized.File(AdapterManifest.FileName));
        var curve = ParquetFile.Read<TrainingStep>(lineage.Adapter.File(DistillStage.CurveFile));
        return new ReportInput
        {
            Title = night.Base.Name,
            Summary = summary,
            Rows = rows,
            Tokens = tokens,
            Training = [.. curve.Select(s => new TrainingCurvePoint(s.Step, s.Loss, s.LearningRate))],
            TensorErrors = [.. manifest.Tensors.Select(t => new TensorErrorRow(t.BaseTensor, t.Error))],
            Patterns = patterns,
            Lineage =
            [
                new LineageEntry("collect", lineage.Snapshot, $"{mining.Episodes:N0} episodes"),
                new LineageEntry("reduce", lineage.Reduced.Key, Reduction(lineage.Reduced)),
                new LineageEntry(
                    "mine",
                    lineage.Mined.Key,
                    $"{mining.Patterns} patterns, {mining.TrainTasks} train and {mining.HoldoutTasks} holdout tasks"
                ),
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

    private static string Reduction(Artifact reduced)
    {
        var reductions = ReduceStage.ReadReductions(reduced);
        var before = reductions.Sum(r => r.TokensBefore);
        var after = reductions.Sum(r => r.TokensAfter);
        return $"tool output {before:N0} to {after:N0} tokens";
    }
}
