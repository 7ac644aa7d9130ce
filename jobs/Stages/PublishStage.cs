using System.Text.Json;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Edge.Releases;
using Distiller.Evaluation;
using Distiller.Evaluation.Routing;
using Distiller.Gguf;
using Distiller.Jobs.Keeping;
using Distiller.Lake;
using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Jobs.Stages;

/// <summary>
/// Publishes an evaluated adapter as a release, with its lineage back to the episodes. A gate decides: the trial's gate
/// where the adapter was tried on tasks, else the gate of the held-out loss. An adapter not shown to be good enough is
/// refused.
/// </summary>
public sealed class PublishStage(Night night)
{
    private const string Stage = "publish";

    /// <param name="trial">
    /// The trial whose gate decides; null for the newest trial of this evaluation, if there is one.
    /// </param>
    /// <exception cref="BadInputException">
    /// The gate is closed, or an artifact behind the release was changed after it was made.
    /// </exception>
    public Release Run(Artifact evaluation, Artifact? trial = null, CancellationToken cancellation = default)
    {
        trial ??= night.Workspace.Artifacts.List(ArtifactKind.Trial).LastOrDefault(t => IsOf(t, evaluation));
        evaluation.Verify();
        trial?.Verify();
        RefuseClosedGate(evaluation, trial);
        night.Tell(Stage, 0, 1, "copying and hashing");
        var lineage = Lineage.OfEvaluation(night.Workspace, evaluation);
        var quantized = lineage.Verify().Quantized;
        if (!EvaluateStage.IsOf(evaluation, quantized))
        {
            throw new BadInputException(
                new SourceLocation(evaluation.Folder, 0),
                $"It judges other bytes than those of {quantized.Kind}/{quantized.Key}, which were made anew since.",
                "Run 'distiller evaluate', then publish again."
            );
        }

        var episodes = ExampleFile
            .Read(lineage.Mined.File(MineStage.TrainFile))
            .Select(e => e.EpisodeId)
            .Concat(MineStage.ReadPatterns(lineage.Mined).SelectMany(p => p.Episodes))
            .ToHashSet();
        new KnownRegistries(night.Workspace.Home).Add(night.RegistryFolder);
        var release = new ReleaseRegistry(night.RegistryFolder, night.Time).Publish(
            new ReleaseDraft
            {
                Name = night.Base.Name,
                Base = new BaseModel(night.Base.Name, night.Base.Sha256, night.Base.Architecture),
                AdapterF16Path = quantized.File(Exporter.F16File),
                AdapterInt4Path = quantized.File(Exporter.Int4File),
                PeftFolder = Path.Combine(quantized.Folder, Exporter.PeftFolder),
                ManifestPath = quantized.File(AdapterManifest.FileName),
                EvaluationPath = evaluation.File(EvaluateStage.EvaluationFile),
                ReportPath = (trial ?? evaluation).File(EvaluateStage.ReportFile),
                Artifacts =
                [
                    new StageArtifact("collect", lineage.Snapshot),
                    new StageArtifact("reduce", lineage.Reduced.Key),
                    new StageArtifact("mine", lineage.Mined.Key),
                    .. lineage.Examples.Key == lineage.Mined.Key
                        ? []
                        : new[] { new StageArtifact("study", lineage.Examples.Key) },
                    new StageArtifact("distill", lineage.Adapter.Key),
                    new StageArtifact("quantize", quantized.Key),
                    new StageArtifact("evaluate", evaluation.Key),
                    .. Tried(trial),
                ],
                Episodes = episodes,
                ToolVersion = ToolVersion.Current,
                Gate = new ReleaseGate(trial is null ? "evaluation" : "trial", IsOpen: true),
                Canary = FindCanary(quantized.File(Exporter.Int4File), cancellation),
                Routing = trial is null ? null : RoutingOf(trial, lineage),
                Plan = trial is null ? null : PlanOf(TrialStage.ReadSummary(trial)),
                ContextPath =
                    trial?.Manifest.Files.Any(f => f.Name == TrialStage.ContextFile) == true
                        ? trial.File(TrialStage.ContextFile)
                        : null,
                RecordedSha256 = Recorded(evaluation, quantized, trial ?? evaluation),
            },
            new KeyFolder(night.Workspace.Home, night.Time),
            cancellation
        );
        night.Tell(Stage, 1, 1, $"release {release.Id}");
        return release;
    }

    private static RoutingVerdict RoutingOf(Artifact trial, Lineage lineage) =>
        RouterTraining
            .Train(
                TrialFolder.ReadRows(trial.Folder),
                TrialFolder.ReadRequests(trial.Folder),
                TrialFolder.ReadConfidence(trial.Folder),
                MineStage.ReadPatterns(lineage.Mined)
            )
            .Verdict;

    private static ReleasePlan? PlanOf(TrialSummary summary) =>
        summary.Figures.Plan is not { } plan
            ? null
            : new ReleasePlan(
                plan.Arm,
                plan.Name,
                summary.PromptLine,
                plan.Selection is { } selection
                        ? JsonSerializer.SerializeToElement(selection.Method, EvaluationJson.Options).GetString()!
                    : plan.Arm == TrialArm.VerboseContext ? "whole"
                    : "none",
                plan.Selection?.K,
                plan.Arm == TrialArm.Router,
                plan.HasAdapter,
                plan.TokensPerSolvedTask,
                [.. plan.Costs.Select(c => new ReleaseCost(c.Price, c.PerSolvedTask))],
                plan.BreakEvenTasks
            );

    /// <summary>Recorded hashes, so that the copies are verified even if a file changes between check and copy.</summary>
    private static Dictionary<string, string> Recorded(params Artifact[] artifacts) =>
        artifacts
            .DistinctBy(a => a.Folder)
            .SelectMany(a => a.Manifest.Files.Select(f => (Path: Path.Combine(a.Folder, f.Name), f.Sha256)))
            .ToDictionary(f => f.Path, f => f.Sha256, StringComparer.Ordinal);

    private static bool IsOf(Artifact trial, Artifact evaluation) => trial.Manifest.Inputs[0] == evaluation.Key;

    private static void RefuseClosedGate(Artifact evaluation, Artifact? trial)
    {
        var (place, gate) = trial is null
            ? (evaluation.File(EvaluateStage.EvaluationFile), EvaluateStage.ReadSummary(evaluation).Gate)
            : (trial.File(TrialStage.SummaryFile), TrialStage.ReadSummary(trial).Figures.Gate);
        if (!gate.IsOpen)
        {
            throw new BadInputException(
                new SourceLocation(place, 0),
                $"The gate is closed. {string.Join(' ', gate.Reasons)}",
                "Train on more episodes or with other settings, or measure it on more held-out tasks."
            );
        }
    }

    private ReleaseCanary? FindCanary(string adapterPath, CancellationToken cancellation)
    {
        using var model = EdgeModel.Load(night.Settings.BasePath);
        using var adapter = model.LoadAdapter(adapterPath);
        return Canary.Find(model, adapter, cancellation);
    }

    private static IEnumerable<StageArtifact> Tried(Artifact? trial) =>
        trial is null
            ? []
            : [new StageArtifact("control", trial.Manifest.Inputs[1]), new StageArtifact("trial", trial.Key)];
}
