using System.Globalization;
using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>
/// Reads what people, models and tools wrote: a value of another type costs that text and not the record. Numbers that are
/// summed are read by <see cref="RecordJson"/>, which refuses the record.
/// </summary>
internal static class LenientJson
{
    /// <summary>A member that is there and not null; also of a value that is no object.</summary>
    public static JsonElement? Get(JsonElement? o, string name) =>
        o is { ValueKind: JsonValueKind.Object } value ? RecordJson.Get(value, name) : null;

    public static JsonElement? Object(JsonElement? o, string name) =>
        Get(o, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The elements of an array; none where it is absent or of another type.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement? o, string name) =>
        Get(o, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>A name: a text that is not empty, or a number as it is written; null for everything else.</summary>
    public static string? Name(JsonElement? o, string name) =>
        Get(o, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? (RecordJson.Decode(value) is { Length: > 0 } text ? text : null)
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;

    /// <summary>The first of several members that is a name.</summary>
    public static string? Name(JsonElement? o, string name, params ReadOnlySpan<string> others)
    {
        var found = Name(o, name);
        foreach (var other in others)
        {
            found ??= Name(o, other);
        }

        return found;
    }

    /// <summary>
    /// A text; the texts of a list of parts, a part of another kind by its kind, as <c>[image_url]</c>, and what the model thought
    /// left out; any other value as the JSON it is.
    /// </summary>
    public static string Text(JsonElement? value) =>
        value is not { } v
            ? ""
            : v.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.Undefined => "",
                JsonValueKind.String => RecordJson.Decode(v),
                JsonValueKind.Array => string.Join('\n', v.EnumerateArray().Where(p => !IsThought(p)).Select(Part)),
                _ => v.GetRawText(),
            };

    /// <summary>Parses JSON that stands in a text; null where it is none.</summary>
    public static JsonElement? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(HalfSurrogates.Mend(json));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A point in time, in UTC; one without a zone is taken as UTC. Null where it cannot be read.</summary>
    public static DateTimeOffset? Time(JsonElement? o, string name) =>
        Name(o, name) is { } text
        && DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond))
            : null;

    private static bool IsThought(JsonElement part) =>
        Name(part, "type") is "reasoning" or "thinking" or "redacted_thinking";

    private static string Part(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
            ? Text(part, "text") ?? Text(part, "content") ?? $"[{Name(part, "type") ?? "part"}]"
            : Text(part.ValueKind == JsonValueKind.Array ? null : part);

    private static string? Text(JsonElement o, string name) =>
        Get(o, name) is { ValueKind: JsonValueKind.String } text ? RecordJson.Decode(text) : null;
}
