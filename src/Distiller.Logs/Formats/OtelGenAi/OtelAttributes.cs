using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.OtelGenAi;

/// <summary>The attributes of a span, an event or a resource: a list of keys and typed values.</summary>
internal sealed class OtelAttributes
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    public OtelAttributes(JsonElement owner)
    {
        foreach (var attribute in LenientJson.Items(owner, "attributes"))
        {
            if (
                LenientJson.NameOrNumber(attribute, "key") is { } key
                && LenientJson.Object(attribute, "value") is { } value
            )
            {
                _values[key] = value;
            }
        }
    }

    public IEnumerable<string> Keys => _values.Keys;

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The first of several keys that has a text which is not empty.</summary>
    public string? Text(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (_values.TryGetValue(key, out var value) && Plain(value) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>A count of tokens under the first of several keys: a number, or one in a text, as OTLP writes large ones.</summary>
    /// <exception cref="BadRecordException">It is no count.</exception>
    public long Tokens(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (_values.TryGetValue(key, out var value))
            {
                return
                    double.TryParse(Plain(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && number is >= 0 and <= 1e12
                    && number == Math.Floor(number)
                    ? (long)number
                    : throw RecordJson.Wrong(key, "a whole number of tokens");
            }
        }

        return 0;
    }

    /// <summary>A structured value, or one that stands as JSON in a text; null where it is neither.</summary>
    public JsonElement? Json(string key)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return null;
        }

        return LenientJson.Get(value, "stringValue") is { ValueKind: JsonValueKind.String } text
            ? RecordJson.Nested(text.GetString()!)
            : JsonSerializer.SerializeToElement(Node(value));
    }

    private static string? Plain(JsonElement value) =>
        LenientJson.NameOrNumber(value, "stringValue", "intValue", "doubleValue")
        ?? LenientJson.Get(value, "boolValue")?.GetRawText()
        ?? (
            LenientJson.Object(value, "arrayValue") is not null || LenientJson.Object(value, "kvlistValue") is not null
                ? Node(value)?.ToJsonString()
                : null
        );

    /// <summary>Goes as deep as the record, whose depth was bounded when it was parsed.</summary>
    private static JsonNode? Node(JsonElement value)
    {
        if (LenientJson.Object(value, "kvlistValue") is { } map)
        {
            var node = new JsonObject();
            foreach (var member in LenientJson.Items(map, "values"))
            {
                if (
                    LenientJson.NameOrNumber(member, "key") is { } key
                    && LenientJson.Object(member, "value") is { } one
                )
                {
                    node[key] = Node(one);
                }
            }

            return node;
        }

        if (LenientJson.Object(value, "arrayValue") is { } array)
        {
            return new JsonArray([.. LenientJson.Items(array, "values").Select(Node)]);
        }

        return LenientJson.Get(value, "boolValue") is { ValueKind: JsonValueKind.True or JsonValueKind.False } truth
                ? JsonValue.Create(truth.ValueKind == JsonValueKind.True)
            : LenientJson.NameOrNumber(value, "stringValue", "intValue", "doubleValue") is { } text
                ? JsonValue.Create(text)
            : null;
    }
}
