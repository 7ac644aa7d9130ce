using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Gguf;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary><c>quantize</c>: the newest adapter as GGUF in 16 bit and INT4, and for PEFT.</summary>
internal static class QuantizeCommand
{
    public static Command Create() =>
        StageCommand.Create(
            "quantize",
            "Writes the newest adapter as GGUF (F16 and INT4) and PEFT files, with the error of every tensor.",
            ["threads"],
            (night, cancellation) =>
            {
                var adapter = night.Latest(ArtifactKind.Adapter, "distill");
                var quantized = new QuantizeStage(night).Run(adapter, cancellation);
                return new QuantizedResult(
                    quantized.Key,
                    quantized.Folder,
                    AdapterManifest.Read(quantized.File(AdapterManifest.FileName))
                );
            },
            StageTables.Quantized
        );
}

/// <summary>The document of <c>quantize --json</c>.</summary>
internal sealed record QuantizedResult(string Artifact, string Folder, AdapterManifest Manifest);
