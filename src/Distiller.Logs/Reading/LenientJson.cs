using System.Globalization;
using System.Text.Json;

namespace Distiller.Logs.Reading;

/// <summary>
/// Reads members of a session's records, of which a defect must not cost the rest: a member of another type is as one that
/// is absent.
/// </summary>
internal static class LenientJson
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static JsonElement? Get(JsonElement? o, string name) =>
        o is { ValueKind: JsonValueKind.Object } value
        && value.TryGetProperty(name, out var member)
        && member.ValueKind != JsonValueKind.Null
            ? member
            : null;

    public static JsonElement? Object(JsonElement? o, string name) => Of(o, name, JsonValueKind.Object);

    /// <summary>The elements of a list; none where it is no list.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement? o, string name) =>
        Of(o, name, JsonValueKind.Array) is { } array ? array.EnumerateArray() : [];

    public static string? Text(JsonElement? o, string name) =>
        Of(o, name, JsonValueKind.String) is { } text ? Clean(text) : null;

    /// <summary>A text that is not empty.</summary>
    public static string? Name(JsonElement? o, string name) => Text(o, name) is { Length: > 0 } text ? text : null;

    /// <summary>A name that the log may write as a text or as a whole number.</summary>
    public static string? NameOrNumber(JsonElement? o, string name) =>
        Name(o, name)
        ?? (
            Get(o, name) is { ValueKind: JsonValueKind.Number } n && n.TryGetInt64(out var number)
                ? number.ToString(CultureInfo.InvariantCulture)
                : null
        );

    /// <summary>The first of several members that is a name or a number.</summary>
    public static string? NameOrNumber(JsonElement? o, string name, params ReadOnlySpan<string> others)
    {
        var found = NameOrNumber(o, name);
        foreach (var other in others)
        {
            found ??= NameOrNumber(o, other);
        }

        return found;
    }

    /// <summary>
    /// What was said: a text; the texts of a list of parts, a part of another kind by its kind, as <c>[image_url]</c>, and what the
    /// model thought left out; any other value as the JSON it is.
    /// </summary>
    public static string Said(JsonElement? value) =>
        value is not { } v
            ? ""
            : v.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.Undefined => "",
                JsonValueKind.String => Clean(v),
                JsonValueKind.Array => string.Join('\n', v.EnumerateArray().Where(p => !IsThought(p)).Select(Part)),
                _ => v.GetRawText(),
            };

    public static bool? Flag(JsonElement? o, string name) =>
        Get(o, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : null;

    public static long? Whole(JsonElement? o, string name) =>
        Get(o, name) is { ValueKind: JsonValueKind.Number } n && n.TryGetInt64(out var number) ? number : null;

    /// <summary>
    /// A point in time, in UTC and whole microseconds: ISO 8601, or seconds or milliseconds since 1970. One before the year
    /// 2000 is no time.
    /// </summary>
    public static DateTimeOffset? Time(JsonElement? o, string name) =>
        Get(o, name) switch
        {
            { ValueKind: JsonValueKind.String } text => Time(Clean(text)),
            { ValueKind: JsonValueKind.Number } n when n.TryGetDouble(out var since) => Time(since),
            _ => null,
        };

    public static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? Sane(time)
            : null;

    public static DateTimeOffset? Time(double since1970)
    {
        const double secondsMax = 100_000_000_000; // The year 5138; more can only be milliseconds.
        const double millisecondsMax = 200_000_000_000_000;
        var milliseconds = since1970 < secondsMax ? since1970 * 1000 : since1970;
        return milliseconds is >= 0 and < millisecondsMax
            ? Sane(DateTimeOffset.UnixEpoch.AddTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond)))
            : null;
    }

    /// <summary>A text without the zero characters that some stores cannot hold.</summary>
    public static string Clean(JsonElement text) => text.GetString()!.Replace('\0', '\uFFFD');

    private static bool IsThought(JsonElement part) =>
        Name(part, "type") is "reasoning" or "thinking" or "redacted_thinking";

    private static string Part(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
            ? Text(part, "text") ?? Text(part, "content") ?? $"[{Name(part, "type") ?? "part"}]"
            : Said(part.ValueKind == JsonValueKind.Array ? null : part);

    private static JsonElement? Of(JsonElement? o, string name, JsonValueKind kind) =>
        Get(o, name) is { } value && value.ValueKind == kind ? value : null;

    private static DateTimeOffset? Sane(DateTimeOffset time) =>
        time < Earliest ? null : time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}

/// <summary>
/// Token counts of a request. An absurd one (negative, no whole number, larger than any request) makes all of them
/// unusable.
/// </summary>
internal sealed class TokenCounts(JsonElement? counts)
{
    public bool IsDefective { get; private set; }

    /// <summary>The first of these members that is there; 0 where none is.</summary>
    public long Of(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (LenientJson.Get(counts, name) is { } value)
            {
                if (
                    value.ValueKind == JsonValueKind.Number
                    && value.TryGetInt64(out var n)
                    && RecordJson.IsTokenCount(n)
                )
                {
                    return n;
                }

                IsDefective = true;
                return 0;
            }
        }

        return 0;
    }
}
