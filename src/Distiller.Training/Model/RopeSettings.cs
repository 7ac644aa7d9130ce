using Distiller.Gguf;

namespace Distiller.Training.Model;

/// <summary>Rotary position embedding, as the GGUF file declares it.</summary>
/// <param name="Dimensions">R: how many values of each head are rotated, here all; even.</param>
/// <param name="Neox">Pairs (i, i + R/2) of qwen2 and qwen3 instead of llama's (2i, 2i + 1).</param>
/// <param name="Factor">Factor by which the context was extended; 1 where there is no scaling.</param>
/// <param name="OriginalContext">Context length before the extension; used by YaRN.</param>
public sealed record RopeSettings(
    int Dimensions,
    bool Neox,
    double FreqBase,
    RopeScaling Scaling,
    double Factor,
    int OriginalContext
)
{
    private static readonly string[] KnownKeys = ["type", "factor", "original_context_length", "finetuned"];

    internal static RopeSettings Read(GgufFile file, string architecture, int headWidth, int context)
    {
        var metadata = file.Metadata;
        var prefix = $"{architecture}.rope.";
        var dimensions = metadata.GetInt32(prefix + "dimension_count", headWidth);
        // llama.cpp asserts this for these architectures: on an edge device the process would abort.
        if (dimensions != headWidth || dimensions % 2 != 0)
        {
            throw Refused(file, $"{prefix}dimension_count is {dimensions} for heads of {headWidth}.");
        }

        var freqBase = metadata.GetFloat32(prefix + "freq_base", 10000);
        if (!float.IsFinite(freqBase) || freqBase <= 1)
        {
            throw Refused(file, $"{prefix}freq_base is {freqBase}.");
        }

        var (scaling, factor) = ReadScaling(file, prefix);
        var original = metadata.GetInt32(prefix + "scaling.original_context_length", context);
        if (original < 1)
        {
            throw Refused(file, $"{prefix}scaling.original_context_length is {original}.");
        }

        return new RopeSettings(dimensions, architecture is not "llama", freqBase, scaling, factor, original);
    }

    private static (RopeScaling Scaling, double Factor) ReadScaling(GgufFile file, string prefix)
    {
        var metadata = file.Metadata;
        foreach (var key in metadata.Keys)
        {
            if (
                key.StartsWith(prefix + "scaling.", StringComparison.Ordinal)
                && !KnownKeys.Contains(key[(prefix.Length + 8)..], StringComparer.Ordinal)
            )
            {
                throw Refused(file, $"The rope scaling setting '{key}' is not supported.");
            }
        }

        var factor = (double)
            metadata.GetFloat32(prefix + "scaling.factor", metadata.GetFloat32(prefix + "scale_linear", 0));
        var declared = metadata.TryGetString(prefix + "scaling.type", out var type);
        if (!declared && factor is 0 or 1)
        {
            return (RopeScaling.None, 1);
        }

        var scaling = type switch
        {
            "none" => RopeScaling.None,
            "linear" => RopeScaling.Linear,
            "yarn" => RopeScaling.Yarn,
            null => throw Refused(file, $"A rope scaling factor of {factor} without its kind ({prefix}scaling.type)."),
            _ => throw Refused(file, $"The rope scaling '{type}' is not supported; none, linear and yarn are."),
        };
        // llama.cpp applies a factor even if the type is "none", so such a file would be ambiguous.
        if (scaling is RopeScaling.None && factor is not (0 or 1))
        {
            throw Refused(file, $"The rope scaling is 'none' with a factor of {factor}.");
        }

        if (scaling is not RopeScaling.None && (!double.IsFinite(factor) || factor < 1))
        {
            throw Refused(file, $"{prefix}scaling.factor is {factor}; at least 1 is needed.");
        }

        return (scaling, scaling is RopeScaling.None ? 1 : factor);
    }

    private static BadInputException Refused(GgufFile file, string reason) =>
        new(new SourceLocation(file.Path, 0), reason, "Use a base whose positions are encoded in a supported way.");
}

/// <summary>Context extensions that the trainer computes as llama.cpp does.</summary>
public enum RopeScaling
{
    None,
    Linear,
    Yarn,
}
