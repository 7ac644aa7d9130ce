using Distiller.Core;
using Distiller.Gguf;
using Distiller.Training.Lora;

namespace Distiller.Jobs.Models;

/// <summary>Reads an adapter, whoever trained it: PEFT's folder, llama.cpp's GGUF, or the trainer's own safetensors.</summary>
internal static class AdapterSource
{
    /// <exception cref="BadInputException">
    /// It is none of these, is damaged, holds a number that is not finite, or does not fit the base.
    /// </exception>
    public static LoraWeights Read(string adapter, GgufFile baseFile, BaseDescription origin)
    {
        var weights =
            Directory.Exists(adapter) ? PeftAdapter.Read(adapter, origin)
            : adapter.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? OwnFile(adapter, origin)
            : Checked(adapter, baseFile);
        AdapterCheck.RequireFit(adapter, weights, baseFile);
        return weights;
    }

    private static LoraWeights Checked(string adapter, GgufFile baseFile)
    {
        AdapterCheck.Verify(adapter, baseFile);
        return AdapterGguf.Read(adapter);
    }

    private static LoraWeights OwnFile(string adapter, BaseDescription origin)
    {
        if (Path.GetFileName(adapter) == PeftAdapter.WeightsFile)
        {
            throw new BadInputException(
                new SourceLocation(adapter, 0),
                $"PEFT's factors mean nothing without their {PeftAdapter.ConfigFile}.",
                "Name the folder that holds both."
            );
        }

        var file = LoraFile.Read(adapter);
        return string.Equals(file.BaseSha256, origin.Sha256, StringComparison.OrdinalIgnoreCase)
            ? file.Weights
            : throw new BadInputException(
                new SourceLocation(adapter, 0),
                $"The adapter was trained on a base with SHA-256 {file.BaseSha256}; this one has {origin.Sha256}.",
                "Use the adapter with the very file it was trained on."
            );
    }
}
