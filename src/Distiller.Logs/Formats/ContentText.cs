using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>The text of a message's content: a text, or a list of parts of which only some are text.</summary>
internal static class ContentText
{
    /// <summary>A part of another kind is told by its kind, as <c>[image]</c>.</summary>
    public static string Of(JsonElement? content) => string.Join('\n', Parts(content).Where(t => t.Length > 0));

    /// <summary>The texts of the parts, one by one.</summary>
    public static IEnumerable<string> Parts(JsonElement? content) =>
        content switch
        {
            { ValueKind: JsonValueKind.String } text => [LenientJson.Clean(text)],
            { ValueKind: JsonValueKind.Array } parts => parts.EnumerateArray().Select(Part),
            { ValueKind: JsonValueKind.Object } part => [Part(part)],
            _ => [],
        };

    private static string Part(JsonElement part) =>
        part.ValueKind == JsonValueKind.String
            ? LenientJson.Clean(part)
            : LenientJson.Text(part, "text")
                ?? (LenientJson.Name(part, "type") is { } type && type != "text" ? $"[{type}]" : "");
}
