using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Training.Lora;

namespace Distiller.Jobs.Stages;

/// <summary>Exports the adapter in every form in which it is used: GGUF in 16 bit and INT4, PEFT, and a manifest.</summary>
/// <param name="kind">Kind of the artifact; the null control has its own.</param>
/// <param name="stage">Stage name in recipes and progress.</param>
public sealed class QuantizeStage(Night night, string kind = ArtifactKind.Quantized, string stage = "quantize")
{
    internal const string Version = "1";

    public Artifact Run(Artifact adapter, CancellationToken cancellation = default)
    {
        var recipe = new ArtifactRecipe(stage, Version, new { @base = night.Base.Sha256 }, 0, [adapter.Key]);
        return night.Make(kind, recipe, draft => Quantize(draft, adapter, cancellation));
    }

    private void Quantize(ArtifactDraft draft, Artifact adapter, CancellationToken cancellation)
    {
        night.Tell(stage, 0, 1, "fitting INT4 factors");
        var weights = LoraFile.Read(adapter.File(DistillStage.AdapterFile)).Weights;
        var manifest = Exporter.Export(
            weights,
            night.Settings.BasePath,
            draft.Folder,
            lineage: $"adapter/{adapter.Key}",
            night.Settings.Threads,
            cancellation
        );
        night.Tell(stage, 1, 1, $"product error {manifest.MeanError:P1}");
    }
}
