using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Distiller.Mining.Reducing;

/// <summary>
/// JSON records: null, empty text and empty objects are dropped, long arrays and texts are shortened, keys are kept.
/// An empty array stays: "none found" is an answer. The result is valid JSON, numbers are kept digit by digit.
/// </summary>
internal static class JsonReducer
{
    /// <summary>Limits grow tighter until the document fits; the last one also shortens objects used as maps.</summary>
    private static readonly (int Divisor, int Keys)[] Levels = [(1, int.MaxValue), (3, int.MaxValue), (6, 64)];

    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Returns null for a text that is no JSON document (an object or an array).</summary>
    public static JsonDocument? TryParse(string text)
    {
        var start = text.AsSpan().TrimStart();
        if (start.IsEmpty || start[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null; // It only looked like JSON; another reducer takes it.
        }
        catch (ArgumentException)
        {
            return null; // Unpaired surrogates have no UTF-8 form.
        }
    }

    public static string Reduce(JsonDocument document, ReductionOptions options)
    {
        var text = "";
        foreach (var (divisor, keys) in Levels)
        {
            var items = Math.Max(2, options.JsonItemsMax / divisor);
            var chars = Math.Max(64, options.JsonStringCharsMax / divisor);
            text = Write(document.RootElement, new Limits(items, chars, keys));
            if (text.Length <= options.JsonCharsMax)
            {
                break;
            }
        }

        return text;
    }

    /// <summary>JSON Lines: every line that is a record is reduced on its own. Null where that is not what it is.</summary>
    public static string? ReduceLines(ToolOutput output, ReductionOptions options)
    {
        if (output.Lines.Length < 3)
        {
            return null;
        }

        var lines = new List<string>(output.Lines.Length);
        var records = 0;
        foreach (var line in output.Lines)
        {
            using var document = TryParse(line);
            records += document is null ? 0 : 1;
            lines.Add(document is null ? line : Reduce(document, options));
        }

        return records * 10 >= lines.Count * 8 ? LeftOut.Listing(lines, options.ListingLinesMax, options) : null;
    }

    private static string Write(JsonElement root, Limits limits)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Write(writer, root, limits);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, Limits limits)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value, limits);
                break;
            case JsonValueKind.Array:
                WriteArray(writer, value, limits);
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Shorten(value.GetString()!, limits.Chars));
                break;
            default:
                writer.WriteRawValue(value.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement value, Limits limits)
    {
        var members = value.EnumerateObject().Where(m => !IsEmpty(m.Value)).ToList();
        var shown = members.Count > limits.Keys ? limits.Keys - 1 : members.Count;
        writer.WriteStartObject();
        foreach (var member in members.Take(shown))
        {
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value, limits);
        }

        if (shown < members.Count)
        {
            writer.WriteString("...", $"{members.Count - shown} more keys left out");
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, JsonElement value, Limits limits)
    {
        var count = value.GetArrayLength();
        var shown = count > limits.Items ? limits.Items - 1 : count;
        writer.WriteStartArray();
        foreach (var item in value.EnumerateArray().Take(shown))
        {
            Write(writer, item, limits);
        }

        if (shown < count)
        {
            writer.WriteStringValue($"{count - shown} more items left out");
        }

        writer.WriteEndArray();
    }

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => true,
            JsonValueKind.String => value.ValueEquals(""),
            JsonValueKind.Object => value.EnumerateObject().All(m => IsEmpty(m.Value)),
            _ => false,
        };

    private static string Shorten(string text, int max)
    {
        var clean = text.Contains('\u001b', StringComparison.Ordinal) ? TerminalText.Clean(text) : text;
        return LeftOut.Characters(clean, max);
    }

    private readonly record struct Limits(int Items, int Chars, int Keys);
}
