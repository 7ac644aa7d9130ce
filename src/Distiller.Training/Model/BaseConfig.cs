using Distiller.Gguf;

namespace Distiller.Training.Model;

/// <summary>A base model's dimensions, read from its GGUF metadata and checked.</summary>
/// <param name="Width">D, width of the residual stream.</param>
/// <param name="Heads">H query heads over <paramref name="KvHeads"/> key heads.</param>
/// <param name="HeadWidth">hd, width of one query, key or value head; need not be Width / Heads.</param>
/// <param name="Context">The longest row that the base was made for.</param>
public sealed record BaseConfig(
    string Architecture,
    int Layers,
    int Width,
    int FeedForward,
    int Heads,
    int KvHeads,
    int HeadWidth,
    int Vocabulary,
    int Context,
    double NormEps,
    RopeSettings Rope
)
{
    private static readonly string[] Supported = ["llama", "qwen2", "qwen3"];

    /// <exception cref="BadInputException">
    /// The architecture is unknown, or a size is missing, absurd or contradictory.
    /// </exception>
    public static BaseConfig Read(GgufFile file)
    {
        var architecture = file.Architecture;
        if (!Supported.Contains(architecture, StringComparer.Ordinal))
        {
            throw Refused(
                file,
                $"The architecture '{architecture}' is not supported.",
                $"Use a base of one of {string.Join(", ", Supported)}."
            );
        }

        int Size(string key, int least, int most, int? otherwise = null)
        {
            var name = $"{architecture}.{key}";
            var value = otherwise is { } o ? file.Metadata.GetInt32(name, o) : file.Metadata.GetInt32(name);
            return value >= least && value <= most
                ? value
                : throw Refused(file, $"{name} is {value}, outside {least} to {most}.");
        }

        if (Size("expert_count", 0, int.MaxValue, 0) > 0)
        {
            throw Refused(file, "Mixtures of experts are not supported.", "Use a dense base model.");
        }

        var width = Size("embedding_length", 1, 1 << 16);
        var heads = Size("attention.head_count", 1, 1024);
        var kvHeads = Size("attention.head_count_kv", 1, heads, heads);
        if (heads % kvHeads != 0)
        {
            throw Refused(file, $"{heads} heads cannot share {kvHeads} key heads evenly.");
        }

        var evenWidth = width % heads == 0 ? width / heads : 0;
        var headWidth = Size("attention.key_length", 1, 4096, evenWidth);
        var valueWidth = Size("attention.value_length", 1, 4096, evenWidth);
        if (valueWidth != headWidth)
        {
            throw Refused(
                file,
                $"Value heads of {valueWidth} beside key heads of {headWidth} do not run in llama.cpp."
            );
        }

        var eps = file.Metadata.GetFloat32($"{architecture}.attention.layer_norm_rms_epsilon");
        if (!float.IsFinite(eps) || eps <= 0 || eps > 1)
        {
            throw Refused(file, $"{architecture}.attention.layer_norm_rms_epsilon is {eps}.");
        }

        var embedding = file.GetTensor("token_embd.weight");
        if (embedding.Shape.Count != 2 || embedding.Shape[1] is < 1 or > 1 << 22)
        {
            throw Refused(file, $"token_embd.weight has the shape [{string.Join(", ", embedding.Shape)}].");
        }

        var context = Size("context_length", 1, 1 << 24);
        return new BaseConfig(
            architecture,
            Size("block_count", 1, 1024),
            width,
            Size("feed_forward_length", 1, 1 << 20),
            heads,
            kvHeads,
            headWidth,
            (int)embedding.Shape[1],
            context,
            eps,
            RopeSettings.Read(file, architecture, headWidth, context)
        );
    }

    private static BadInputException Refused(
        GgufFile file,
        string reason,
        string remedy = "Use a GGUF file written by a current converter."
    ) => new(new SourceLocation(file.Path, 0), reason, remedy);
}
