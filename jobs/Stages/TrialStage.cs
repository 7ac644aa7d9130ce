using System.Text.Json;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Evaluation;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Reporting;
using Distiller.Reporting.Trials;
using Distiller.Retrieval;
using Microsoft.Extensions.AI;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Lets the base work the night's tasks bare (A0), with the verbose context in its prompt (A1), with the adapter in 16 bit
/// (A2) and in INT4 (A3), with the null control (A4), and under the arms that the options name, and judges what follows.
/// </summary>
public sealed class TrialStage(Night night, NightTrial trial)
{
    public const string SummaryFile = TrialFolder.SummaryName;
    public const string ReportFile = EvaluateStage.ReportFile;

    /// <summary>A <see cref="LearntContext"/>: the document of which the adapter learnt, where it has entries.</summary>
    public const string ContextFile = "context.json";
    private const string WorkFolder = "worked";
    private const string Stage = "trial";
    internal const string Version = "7";

    /// <param name="evaluation">Evaluation of the adapter under trial.</param>
    /// <param name="control">The null control, quantized.</param>
    public Artifact Run(Artifact evaluation, Artifact control, CancellationToken cancellation = default)
    {
        var recipe = new ArtifactRecipe(
            Stage,
            Version,
            new
            {
                @base = night.Base.Sha256,
                control = control.Sha256(Exporter.Int4File),
                tasks = trial.Tasks.Sha256,
                prices = trial.Prices.Sha256,
                trial.Machine,
                trial.Options,
                embedder = EmbedderHash(),
            },
            night.Settings.Seed,
            [evaluation.Key, control.Key]
        );
        return night.Make(
            ArtifactKind.Trial,
            recipe,
            draft => Work(draft, evaluation, control, cancellation),
            $"{WorkFolder}/*"
        );
    }

    public static TrialSummary ReadSummary(Artifact trial) => TrialFolder.ReadSummary(trial.Folder);

    private void Work(ArtifactDraft draft, Artifact evaluation, Artifact control, CancellationToken cancellation)
    {
        night.Tell(Stage, 0, 1, "loading the base");
        var lineage = Lineage.OfEvaluation(night.Workspace, evaluation);
        using var embedder = Embedder();
        var measured = TrialRunner.Run(
            night.Settings.BasePath,
            TrialArm.Named(
                trial.Options.Arms,
                new TrialAdapters(
                    lineage.Quantized.File(Exporter.F16File),
                    lineage.Quantized.File(Exporter.Int4File),
                    control.File(Exporter.Int4File)
                ),
                trial.Tasks.Entries(trial.Tasks.Tasks[0]).Count > 0
            ),
            trial.Tasks,
            trial.Options,
            draft[WorkFolder],
            night.Progress,
            new TrialSources(embedder, PastSuccesses.Of(night.Workspace, lineage.Mined)),
            cancellation
        );
        var training = DistillStage.ReadSummary(lineage.Adapter);
        var summary = TrialSummary.Of(
            measured,
            trial.Prices,
            new TrainingEffort(trial.Machine, training.Seconds),
            ToolVersion.Current
        );
        TrialFolder.Write(
            draft.Folder,
            summary,
            measured.Rows,
            measured.Requests,
            measured.Confidence,
            trial.PricesPath
        );
        if (new LearntDocument(night, lineage.Mined).Read(cancellation) is { } learnt)
        {
            AtomicFile.WriteAllBytes(
                draft[ContextFile],
                JsonSerializer.SerializeToUtf8Bytes(learnt, EpisodeJson.Options)
            );
        }

        HtmlReport.Write(
            draft[ReportFile],
            NightPage.Of(night, lineage, evaluation.Folder) with
            {
                Trial = TrialPart.Read(draft.Folder),
            }
        );
    }

    private IEmbeddingGenerator<string, Embedding<float>> Embedder() =>
        night.Settings.Embedder is { } path ? EdgeTextEmbedder.Open(path) : new HashedTextEmbedder();

    private string EmbedderHash()
    {
        using var embedder = Embedder();
        return (embedder as EdgeTextEmbedder)?.Sha256 ?? HashedTextEmbedder.ModelId;
    }
}
