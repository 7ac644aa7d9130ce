using System.Text.Json;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>The settings in <c>adapter_config.json</c> that change what the factors mean.</summary>
internal sealed record PeftConfig(int Rank, float Alpha)
{
    private const long BytesMax = 16 << 20;

    // Each of these changes the arithmetic; only plain LoRA is understood.
    private static readonly string[] MustBeOff =
    [
        "use_dora",
        "use_rslora",
        "use_qalora",
        "use_bdlora",
        "lora_bias",
        "fan_in_fan_out",
        "rank_pattern",
        "alpha_pattern",
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

        var rank =
            root.TryGetProperty("r", out var r) && r.ValueKind == JsonValueKind.Number && r.TryGetInt32(out var n)
                ? n
                : 0;
        var alpha =
            root.TryGetProperty("lora_alpha", out var a) && a.ValueKind == JsonValueKind.Number
                ? (float)a.GetDouble()
                : 0;
        return rank is > 0 and <= 65_536 && float.IsFinite(alpha) && alpha > 0
            ? new PeftConfig(rank, alpha)
            : throw Bad(path, "'r' and 'lora_alpha' must be positive numbers.");
    }

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

    private static BadInputException Bad(string path, string reason) =>
        new(new SourceLocation(path, 0), reason, "Export the adapter from PEFT as plain LoRA.");
}
