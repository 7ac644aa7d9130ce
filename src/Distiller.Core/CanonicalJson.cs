using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Distiller.Core;

/// <summary>
/// One text per JSON value: members in ordinal order of their names, no white space, numbers as they were written. Equal
/// values are equal texts, so keys of artifacts and templates of tool calls are made from them.
/// </summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = EpisodeJson.Options.Encoder };

    /// <param name="value">Serialized by <see cref="EpisodeJson.Options"/> first; null members are left out there.</param>
    public static string Text(object? value) => Text(ToElement(value));

    /// <exception cref="InvalidOperationException">A text in it holds half of a surrogate pair.</exception>
    public static string Text(JsonElement value) => Encoding.UTF8.GetString(Bytes(value));

    /// <summary>The value with its members in canonical order.</summary>
    public static JsonElement Sorted(object? value) => JsonElement.Parse(Bytes(ToElement(value)));

    /// <summary>SHA-256 over the text, 64 lower-case hex digits.</summary>
    public static string Hash(object? value) => Convert.ToHexStringLower(SHA256.HashData(Bytes(ToElement(value))));

    private static JsonElement ToElement(object? value) =>
        JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), EpisodeJson.Options);

    private static byte[] Bytes(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Write(writer, value);
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
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
