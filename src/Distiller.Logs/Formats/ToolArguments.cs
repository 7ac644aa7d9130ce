using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>
/// Arguments of a tool call as a JSON object, whatever the model wrote: a text that holds an object is that object, anything
/// else stands in an object's member <c>unparsed</c>.
/// </summary>
internal static class ToolArguments
{
    private const string None = "{}";

    public static string Of(JsonElement? arguments) =>
        arguments is not { } value ? None
        : value.ValueKind == JsonValueKind.String ? OfText(RecordJson.Decode(value))
        : value.ValueKind == JsonValueKind.Object ? OfObject(HalfSurrogates.Mend(value.GetRawText()))
        : value.ValueKind == JsonValueKind.Null ? None
        : Unparsed(value.GetRawText());

    private static string OfText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        try
        {
            var mended = HalfSurrogates.Mend(text);
            using var document = JsonDocument.Parse(mended);
            return document.RootElement.ValueKind == JsonValueKind.Object ? OfObject(mended) : Unparsed(text);
        }
        catch (JsonException)
        {
            return Unparsed(text);
        }
    }

    /// <summary>The object as written. Where it has the same member twice, the last one counts, as for most parsers.</summary>
    private static string OfObject(string json)
    {
        using var document = JsonDocument.Parse(json);
        return RepeatsMember(document.RootElement)
            ? LastOfEach(document.RootElement)!.ToJsonString(EpisodeJson.Options)
            : json;
    }

    private static bool RepeatsMember(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Select(m => m.Name).Distinct(StringComparer.Ordinal).Count()
                < value.EnumerateObject().Count()
                || value.EnumerateObject().Any(m => RepeatsMember(m.Value)),
            JsonValueKind.Array => value.EnumerateArray().Any(RepeatsMember),
            _ => false,
        };

    private static JsonNode? LastOfEach(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject())
                {
                    members[member.Name] = LastOfEach(member.Value);
                }

                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(LastOfEach)]);
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }

    private static string Unparsed(string text) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["unparsed"] = text },
            EpisodeJson.Options
        );
}
