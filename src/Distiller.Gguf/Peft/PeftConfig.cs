using System.Text.Json;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>The settings in <c>adapter_config.json</c> that change what the factors mean.</summary>
/// <param name="Rank">Of the modules that <paramref name="RankPattern"/> does not name.</param>
/// <param name="Alpha">Of the modules that <paramref name="AlphaPattern"/> does not name.</param>
/// <param name="IsRankStabilized">The change is scaled by alpha / sqrt(r) in place of alpha / r.</param>
internal sealed record PeftConfig(
    int Rank,
    float Alpha,
    bool IsRankStabilized,
    PeftPattern RankPattern,
    PeftPattern AlphaPattern
)
{
    private const long BytesMax = 16 << 20;
    private const int RankMax = 65_536;
    private const string Plain = "Export the adapter from PEFT as plain LoRA.";

    // Starts after which the base is what it was.
    private static readonly string[] KeepTheBase = ["gaussian", "eva", "orthogonal"];

    // Each of these changes the arithmetic; only plain LoRA is understood.
    private static readonly string[] MustBeOff =
    [
        "use_dora",
        "use_qalora",
        "use_bdlora",
        "lora_bias",
        "fan_in_fan_out",
        "modules_to_save",
        "layer_replication",
        "target_parameters",
        "trainable_token_indices",
        "alora_invocation_tokens",
    ];

    public static PeftConfig Read(string path)
    {
        using var handle = InputFile.Open(path, "an adapter_config.json");
        var length = RandomAccess.GetLength(handle);
        if (length > BytesMax)
        {
            throw Bad(path, $"The file has {length} bytes; settings take a few thousand.");
        }

        var bytes = new byte[length];
        InputFile.ReadExactly(handle, path, bytes, 0);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Parse(path, document.RootElement);
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                new SourceLocation(path, (e.LineNumber ?? -1) + 1),
                $"The file is not JSON: {e.Message}",
                "Export the adapter again.",
                e
            );
        }
    }

    public static void Write(string path, LoraWeights weights, string baseName, IEnumerable<string> modules) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
                json.WriteStartObject();
                WriteEmptyObject(json, "alpha_pattern");
                json.WriteNull("auto_mapping");
                json.WriteString("base_model_name_or_path", baseName);
                json.WriteString("bias", "none");
                json.WriteBoolean("fan_in_fan_out", false);
                json.WriteBoolean("inference_mode", true);
                json.WriteBoolean("init_lora_weights", true);
                json.WriteNull("layer_replication");
                json.WriteNull("layers_pattern");
                json.WriteNull("layers_to_transform");
                json.WriteNumber("lora_alpha", weights.Alpha);
                json.WriteBoolean("lora_bias", false);
                json.WriteNumber("lora_dropout", 0);
                json.WriteNull("modules_to_save");
                json.WriteString("peft_type", "LORA");
                json.WriteNumber("r", weights.Rank);
                WriteEmptyObject(json, "rank_pattern");
                json.WriteNull("revision");
                json.WriteStartArray("target_modules");
                foreach (var module in modules.Order(StringComparer.Ordinal))
                {
                    json.WriteStringValue(module);
                }

                json.WriteEndArray();
                json.WriteString("task_type", "CAUSAL_LM");
                json.WriteBoolean("use_dora", false);
                json.WriteBoolean("use_rslora", false);
                json.WriteEndObject();
            }
        );

    private static PeftConfig Parse(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Bad(path, "The file holds no JSON object.");
        }

        RequireText(path, root, "peft_type", "LORA");
        RequireText(path, root, "bias", "none");
        foreach (var name in MustBeOff)
        {
            if (root.TryGetProperty(name, out var value) && !IsOff(value))
            {
                throw Bad(path, $"'{name}' is {value.GetRawText()}; only plain LoRA is read.");
            }
        }

        RefuseChangedBase(path, root);
        var rank =
            root.TryGetProperty("r", out var r) && r.ValueKind == JsonValueKind.Number && r.TryGetInt32(out var n)
                ? n
                : 0;
        var alpha =
            root.TryGetProperty("lora_alpha", out var a) && a.ValueKind == JsonValueKind.Number
                ? (float)a.GetDouble()
                : 0;
        return rank is > 0 and <= RankMax && float.IsFinite(alpha) && alpha > 0
            ? new PeftConfig(
                rank,
                alpha,
                root.TryGetProperty("use_rslora", out var stabilized) && IsTrue(path, "use_rslora", stabilized),
                PeftPattern.Read(path, root, "rank_pattern", v => v >= 1 && v <= RankMax && v == Math.Floor(v)),
                PeftPattern.Read(path, root, "alpha_pattern", v => v > 0 && float.IsFinite((float)v))
            )
            : throw Bad(path, "'r' and 'lora_alpha' must be positive numbers.");
    }

    /// <param name="module">PEFT's name, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    public int RankOf(string module) => (int)(RankPattern.Find(module) ?? Rank);

    /// <summary>The factor before BA.</summary>
    public double ScaleOf(string module)
    {
        var alpha = AlphaPattern.Find(module) ?? Alpha;
        return IsRankStabilized ? alpha / Math.Sqrt(RankOf(module)) : alpha / RankOf(module);
    }

    /// <summary>
    /// Some starts take a part out of the base's weights and put it into the factors: PiSSA (Meng et al. 2024), OLoRA,
    /// CorDA, LoftQ, LoRA-GA. Such factors on the original base give another model than the one that was trained.
    /// </summary>
    private static void RefuseChangedBase(string path, JsonElement root)
    {
        if (
            !root.TryGetProperty("init_lora_weights", out var start)
            || start.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null
        )
        {
            return;
        }

        var name = start.ValueKind is JsonValueKind.String ? start.GetString()! : start.GetRawText();
        if (KeepTheBase.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        var isLoftQ = string.Equals(name, "loftq", StringComparison.OrdinalIgnoreCase);
        throw new BadInputException(
            new SourceLocation(path, 0),
            $"'init_lora_weights' is '{name}': such a start changes the base, so these factors belong to another base than the original.",
            isLoftQ
                ? "Merge the adapter into the base that LoftQ quantized and convert that to GGUF, or train with init_lora_weights=True."
                : "Save it again in PEFT with save_pretrained(..., path_initial_model_for_weight_conversion=FOLDER OF THE INITIAL ADAPTER), which writes plain LoRA of twice the rank for the original base."
        );
    }

    private static bool IsTrue(string path, string name, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw Bad(path, $"'{name}' is {value.GetRawText()}, neither true nor false."),
        };

    private static bool IsOff(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            JsonValueKind.Array => value.GetArrayLength() == 0,
            _ => false,
        };

    private static void RequireText(string path, JsonElement root, string name, string wanted)
    {
        if (
            !root.TryGetProperty(name, out var value)
            || value.ValueKind != JsonValueKind.String
            || !value.ValueEquals(wanted)
        )
        {
            throw Bad(path, $"'{name}' is not \"{wanted}\".");
        }
    }

    private static void WriteEmptyObject(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }

    private static BadInputException Bad(string path, string reason) => new(new SourceLocation(path, 0), reason, Plain);
}
