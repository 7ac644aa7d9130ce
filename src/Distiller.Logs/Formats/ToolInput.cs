using System.Buffers;
using System.Text;
using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>A tool call's input as a JSON object, whatever the agent wrote.</summary>
internal static class ToolInput
{
    public const string None = "{}";

    /// <summary>
    /// An object as it is, but for a member that stands in it twice: the last holds. A text that holds an object likewise.
    /// Anything else as the object <c>{"unparsed": text}</c>.
    /// </summary>
    public static string Of(JsonElement? input) =>
        input switch
        {
            null => None,
            { ValueKind: JsonValueKind.Object } o => HasTwins(o) ? WithoutTwins(o) : o.GetRawText(),
            { ValueKind: JsonValueKind.String } text => OfText(LenientJson.Clean(text)),
            { } other => Unparsed(other.GetRawText()),
        };

    public static string Named(string name, string value) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value },
            EpisodeJson.Options
        );

    private static string OfText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(HalfSurrogates.Mend(Encoding.UTF8.GetBytes(text)));
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement) : Unparsed(text);
        }
        catch (JsonException)
        {
            return Unparsed(text);
        }
    }

    private static string Unparsed(string text) => Named("unparsed", text);

    /// <summary>The parser has bounded the depth.</summary>
    private static bool HasTwins(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Any(HasTwins);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        return value.EnumerateObject().Any(m => !names.Add(m.Name) || HasTwins(m.Value));
    }

    private static string WithoutTwins(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = EpisodeJson.Options.Encoder }))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().GroupBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Key);
                    Write(writer, member.Last().Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
