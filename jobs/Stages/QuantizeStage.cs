using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Training.Lora;

namespace Distiller.Jobs.Stages;

/// <summary>The adapter in every form in which it is used: GGUF in 16 bit and INT4, PEFT, and a manifest.</summary>
public sealed class QuantizeStage(Night night)
{
    private const string Stage = "quantize";
    private const string Version = "1";

    public Artifact Run(Artifact adapter, CancellationToken cancellation = default)
    {
        var recipe = new ArtifactRecipe(Stage, Version, new { @base = night.Base.Sha256 }, 0, [adapter.Key]);
        return night.Make(ArtifactKind.Quantized, recipe, draft => Quantize(draft, adapter, cancellation));
    }

    private void Quantize(ArtifactDraft draft, Artifact adapter, CancellationToken cancellation)
    {
        night.Tell(Stage, 0, 1, "fitting INT4 factors");
        var weights = LoraFile.Read(adapter.File(DistillStage.AdapterFile)).Weights;
        var manifest = Exporter.Export(
            weights,
            night.Settings.BasePath,
            draft.Folder,
            lineage: $"adapter/{adapter.Key}",
            night.Settings.Threads,
            cancellation
        );
        night.Tell(Stage, 1, 1, $"product error {manifest.MeanError:P1}");
    }
}
