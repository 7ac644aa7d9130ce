using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Distiller.Logs.Reading;

/// <summary>Reads fields of hostile JSON: a wrong type is a refused record, never a crash.</summary>
internal static class RecordJson
{
    public const int DepthMax = 64;

    /// <summary>More than any request or episode can have; keeps sums far from overflow.</summary>
    private const long TokensMax = 1_000_000_000_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax };

    public static JsonDocument Parse(RawRecord record, int bytesMax)
    {
        if (record.OversizeSha256 is not null)
        {
            throw new BadRecordException(
                $"The record has {record.Length} bytes; at most {bytesMax} are read.",
                "Split it, or leave the huge tool output out of the log.",
                broken: !record.Complete
            );
        }

        if (!record.Complete)
        {
            throw new BadRecordException(
                "The record is cut off, or a quote or bracket in it is not closed.",
                "Collect the file again when it is complete.",
                broken: true
            );
        }

        if (!Utf8.IsValid(record.Bytes.Span))
        {
            throw new BadRecordException("The record is not valid UTF-8.", "Convert the log to UTF-8.");
        }

        try
        {
            return JsonDocument.Parse(HalfSurrogates.Mend(record.Bytes), Options);
        }
        catch (JsonException e)
        {
            var deep = e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase);
            throw deep
                ? new BadRecordException(
                    $"The record is nested deeper than {DepthMax} levels.",
                    "Flatten it, or leave it out of the log."
                )
                : new BadRecordException(
                    $"The record is not valid JSON (byte {e.BytePositionInLine ?? 0} of line {(e.LineNumber ?? 0) + 1} of it).",
                    "Correct the record; a line holds one JSON value.",
                    broken: true
                );
        }
    }

    /// <summary>JSON that a record holds within a text; long texts in it are shortened; null where it is none.</summary>
    public static JsonElement? Nested(string json, int textBytesMax = 256 << 10)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        if (bytes.Length > textBytesMax)
        {
            using var shortened = new MemoryStream();
            using var text = new SourceText(new MemoryStream(bytes), textBytesMax);
            text.CopyTo(shortened);
            bytes = shortened.ToArray();
        }

        try
        {
            using var document = JsonDocument.Parse(HalfSurrogates.Mend(bytes), Options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it is an object of JSON that only lacks its end.</summary>
    public static bool IsBeginning(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState());
        try
        {
            var depth = 0;
            while (json.Read())
            {
                if (depth == 0 && json.TokenType != JsonTokenType.StartObject)
                {
                    return false;
                }

                depth = json.CurrentDepth + 1;
                if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0)
                {
                    return false;
                }
            }

            return depth > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <exception cref="BadRecordException">It is another kind of value.</exception>
    public static JsonElement IsObject(JsonElement record, string noun) =>
        record.ValueKind == JsonValueKind.Object
            ? record
            : throw new BadRecordException($"The {noun} is not a JSON object.", $"Correct or remove the {noun}.");

    public static BadRecordException Wrong(string field, string expected) =>
        new($"The field '{field}' is not {expected}.", "Correct the record, or report the format's new shape.");

    public static bool Is(JsonElement o, string name, JsonValueKind kind) =>
        o.TryGetProperty(name, out var value) && value.ValueKind == kind;

    public static JsonElement? Get(JsonElement o, string name) =>
        o.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(JsonElement o, string name) =>
        Get(o, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw Wrong(name, "a text");

    public static string RequiredText(JsonElement o, string name) => Text(o, name) ?? throw Wrong(name, "there");

    public static JsonElement? Object(JsonElement o, string name) =>
        Get(o, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? value
        : throw Wrong(name, "an object");

    public static JsonElement? Array(JsonElement o, string name) =>
        Get(o, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? value
        : throw Wrong(name, "an array");

    public static bool? Bool(JsonElement o, string name) =>
        Get(o, name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(name, "true or false");

    public static double? Number(JsonElement o, string name) =>
        Get(o, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var n) && double.IsFinite(n) ? n
        : throw Wrong(name, "a finite number");

    /// <summary>A count of tokens; 0 where it is absent.</summary>
    public static long Tokens(JsonElement o, string name) =>
        Get(o, name) is not { } value ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var n) && n is >= 0 and <= TokensMax ? n
        : throw Wrong(name, $"a whole number from 0 to {TokensMax}");

    public static bool IsTokenCount(long n) => n is >= 0 and <= TokensMax;

    /// <summary>A point in time, in UTC and whole microseconds.</summary>
    public static DateTimeOffset? Time(JsonElement o, string name)
    {
        if (Text(o, name) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond))
            : throw Wrong(name, "a time");
    }
}
