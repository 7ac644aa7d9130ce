using Distiller.Core;
using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// Looks at a model file before llama.cpp does, for what llama.cpp takes on trust and would abort on or read past.
/// What llama.cpp checks itself (that every tensor is there and has its shape) is left to it.
/// </summary>
internal sealed record BaseModelCheck(string Architecture, int ContextLength, int VocabularySize, string? ChatTemplate)
{
    private const string TemplateKey = "tokenizer.chat_template";
    private const string AlignmentKey = "general.alignment";
    private const uint AlignmentMin = 16;
    private const uint AlignmentMax = 1 << 16;

    private static readonly string[] Architectures = ["llama", "qwen2", "qwen3", "bert"];

    // llama.cpp reads more of them, for other architectures, with assertions on what they say.
    private static readonly string[] KnownSettings =
    [
        "vocab_size",
        "context_length",
        "embedding_length",
        "block_count",
        "feed_forward_length",
        "attention.head_count",
        "attention.head_count_kv",
        "attention.key_length",
        "attention.value_length",
        "attention.layer_norm_rms_epsilon",
        "attention.layer_norm_epsilon",
        "attention.causal",
        "pooling_type",
        "expert_count",
        "expert_used_count",
        "rope.dimension_count",
        "rope.freq_base",
        "rope.scaling.type",
        "rope.scaling.factor",
        "rope.scaling.original_context_length",
        "rope.scaling.attn_factor",
        "rope.scaling.finetuned",
        "rope.scaling.yarn_ext_factor",
        "rope.scaling.yarn_attn_factor",
        "rope.scaling.yarn_beta_fast",
        "rope.scaling.yarn_beta_slow",
        "rope.scaling.yarn_log_multiplier",
        "tensor_data_layout",
    ];

    private static readonly string[] RopeScalings = ["none", "linear", "yarn", "longrope"];

    public static BaseModelCheck Verify(GgufFile file, bool vocabularyOnly)
    {
        var meta = file.Metadata;
        var architecture = file.Architecture;
        Require(
            file,
            Architectures.Contains(architecture, StringComparer.Ordinal),
            $"The architecture '{architecture}' is not supported.",
            $"Use a model of one of: {string.Join(", ", Architectures)}."
        );
        Require(
            file,
            meta.GetString("general.type", "model") == "model",
            $"This is no model: 'general.type' is '{meta.GetString("general.type", "model")}'.",
            "Name the base model's file here."
        );
        Require(
            file,
            meta.GetUInt32("split.count", 0) <= 1,
            "The model is split over several files.",
            "Join them with llama.cpp's gguf-split --merge."
        );
        var vocabulary = VocabularyCheck.Verify(file);
        var context = Setting(file, "context_length", 1, 1 << 24);
        if (!vocabularyOnly)
        {
            VerifySettings(file);
            VerifyPlacement(file);
            TensorTypeCheck.Verify(file);
        }

        return new BaseModelCheck(
            architecture,
            context,
            vocabulary,
            meta.TryGetString(TemplateKey, out var template) && template.Length > 0 ? template : null
        );
    }

    /// <summary>The weights are used where they lie in the mapped file; ggml ends the process over a crooked address.</summary>
    private static void VerifyPlacement(GgufFile file)
    {
        const int ggmlAlignment = 32;
        const string remedy = "Convert the model again, with the usual alignment of 32.";
        var alignment = file.Metadata.GetUInt32(AlignmentKey, ggmlAlignment);
        Require(
            file,
            alignment is >= AlignmentMin and <= AlignmentMax,
            $"'{AlignmentKey}' is {alignment}, outside {AlignmentMin} to {AlignmentMax}.",
            remedy
        );
        var crooked = file.Tensors.FirstOrDefault(t => t.Offset % ggmlAlignment != 0);
        Require(
            file,
            crooked is null,
            $"The tensor '{crooked?.Name}' lies at byte {crooked?.Offset} ('{AlignmentKey}' is {alignment}); "
                + $"llama.cpp needs multiples of {ggmlAlignment}.",
            remedy
        );
    }

    private static void VerifySettings(GgufFile file)
    {
        var meta = file.Metadata;
        var architecture = file.Architecture;
        foreach (var key in meta.Keys.Where(k => k.StartsWith($"{architecture}.", StringComparison.Ordinal)))
        {
            var name = key[(architecture.Length + 1)..];
            Require(
                file,
                KnownSettings.Contains(name, StringComparer.Ordinal) && meta.CountOf(key) is null,
                $"'{key}' is not supported: "
                    + (meta.CountOf(key) is null ? "such a model computes something else." : "layers may not differ."),
                $"Use a plain {architecture} model."
            );
        }

        var width = Setting(file, "embedding_length", 1, 1 << 16);
        Setting(file, "block_count", 1, 512);
        Setting(file, "feed_forward_length", 1, 1 << 20);
        var heads = Setting(file, "attention.head_count", 1, 512);
        var kvHeads = Setting(file, "attention.head_count_kv", 1, heads, heads);
        var headWidth = Setting(file, "attention.key_length", 1, 1024, width / heads);
        Setting(file, "attention.value_length", 1, 1024, width / heads);
        var rotated = Setting(file, "rope.dimension_count", 1, headWidth, headWidth);
        Require(
            file,
            heads % kvHeads == 0 && rotated % 2 == 0,
            $"{heads} heads over {kvHeads} key heads, {rotated} rotated numbers a head: that cannot be.",
            "The file is damaged: fetch it again."
        );
        Setting(file, "expert_count", 0, 0, 0);
        Setting(file, "expert_used_count", 0, 0, 0);
        Setting(file, "pooling_type", 0, 4, 0);
        var epsilon = architecture == "bert" ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon";
        Number(file, epsilon, meta.GetFloat32($"{architecture}.{epsilon}"), 0, 1);
        Number(file, "rope.freq_base", meta.GetFloat32($"{architecture}.rope.freq_base", 10000), 1, 1e18f);
        Number(file, "rope.scaling.factor", meta.GetFloat32($"{architecture}.rope.scaling.factor", 1), 1e-3f, 1e6f);
        var scaling = meta.GetString($"{architecture}.rope.scaling.type", "none");
        Require(
            file,
            RopeScalings.Contains(scaling, StringComparer.Ordinal),
            $"The rope scaling '{scaling}' is unknown.",
            $"Use a model with one of: {string.Join(", ", RopeScalings)}."
        );
        Require(
            file,
            meta.GetBool($"{architecture}.attention.causal", architecture != "bert") == (architecture != "bert"),
            $"'{architecture}.attention.causal' does not fit the architecture.",
            "Use a causal language model, or a bert embedding model."
        );
    }

    private static int Setting(GgufFile file, string name, int least, int most, int? otherwise = null)
    {
        var key = $"{file.Architecture}.{name}";
        var value = otherwise is { } missing
            ? file.Metadata.GetUInt32(key, (uint)missing)
            : file.Metadata.GetUInt32(key);
        Require(
            file,
            value >= least && value <= most,
            $"'{key}' is {value}, outside {least} to {most}.",
            "Use a model this runtime supports; if it is one, the file is damaged: fetch it again."
        );
        return (int)value;
    }

    private static void Number(GgufFile file, string name, float value, float least, float most) =>
        Require(
            file,
            value >= least && value <= most,
            $"'{file.Architecture}.{name}' is {value}, outside {least} to {most}.",
            "The file is damaged: fetch it again."
        );

    internal static void Require(GgufFile file, bool holds, string reason, string remedy)
    {
        if (!holds)
        {
            throw new BadInputException(new SourceLocation(file.Path, 0), reason, remedy);
        }
    }
}
