using Distiller.Core;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Registry;

namespace Distiller.Jobs.Stages;

/// <summary>An evaluated adapter to a release, with its lineage back to the episodes.</summary>
public sealed class PublishStage(Night night)
{
    private const string Stage = "publish";

    public Release Run(Artifact evaluation, CancellationToken cancellation = default)
    {
        night.Tell(Stage, 0, 1, "copying and hashing");
        var quantized =
            night.Workspace.Artifacts.Find(ArtifactKind.Quantized, evaluation.Manifest.Inputs[0])
            ?? throw new BadInputException(
                new SourceLocation(evaluation.Folder, 0),
                $"The adapter that was evaluated (quantized/{evaluation.Manifest.Inputs[0]}) is gone.",
                "Run 'distiller nightly' to make it again."
            );
        var lineage = Lineage.OfAdapter(night.Workspace, quantized);
        var episodes = ExampleFile
            .Read(lineage.Mined.File(MineStage.TrainFile))
            .Select(e => e.EpisodeId)
            .Concat(MineStage.ReadPatterns(lineage.Mined).SelectMany(p => p.Episodes))
            .ToHashSet();
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
                ReportPath = evaluation.File(EvaluateStage.ReportFile),
                Artifacts =
                [
                    new StageArtifact("collect", lineage.Snapshot),
                    new StageArtifact("reduce", lineage.Reduced.Key),
                    new StageArtifact("mine", lineage.Mined.Key),
                    new StageArtifact("distill", lineage.Adapter.Key),
                    new StageArtifact("quantize", quantized.Key),
                    new StageArtifact("evaluate", evaluation.Key),
                ],
                Episodes = episodes,
                ToolVersion = ToolVersion.Current,
            },
            cancellation
        );
        night.Tell(Stage, 1, 1, $"release {release.Id}");
        return release;
    }
}
