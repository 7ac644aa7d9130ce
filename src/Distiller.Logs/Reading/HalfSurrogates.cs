using System.Globalization;
using System.Text;

namespace Distiller.Logs.Reading;

/// <summary>
/// Escapes of half a surrogate pair in JSON (<c>\ud83d</c> alone), which agents write where they cut a text within a
/// character. They are no Unicode text, not even in a member's name; U+FFFD takes their place. Its escape is as long, so that
/// nothing else moves.
/// </summary>
internal static class HalfSurrogates
{
    private const int EscapeBytes = 6;

    /// <summary>The same bytes where nothing is to be mended.</summary>
    public static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> json)
    {
        byte[]? mended = null;
        var bytes = json.Span;
        for (var at = 0; at < bytes.Length; )
        {
            var next = bytes[at..].IndexOf((byte)'\\');
            if (next < 0)
            {
                break;
            }

            at += next;
            if (Escaped(bytes, at) is not { } code)
            {
                at += 2; // Another escape, such as that of a backslash.
            }
            else if (char.IsHighSurrogate(code) && IsLow(bytes, at + EscapeBytes))
            {
                at += 2 * EscapeBytes;
            }
            else
            {
                if (char.IsSurrogate(code))
                {
                    mended ??= json.ToArray();
                    "fffd"u8.CopyTo(mended.AsSpan(at + 2));
                }

                at += EscapeBytes;
            }
        }

        return mended ?? json;
    }

    public static string Mend(string json) =>
        json.Contains("\\u", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Mend(Encoding.UTF8.GetBytes(json)).Span)
            : json;

    private static bool IsLow(ReadOnlySpan<byte> bytes, int at) =>
        Escaped(bytes, at) is { } code && char.IsLowSurrogate(code);

    /// <summary>The UTF-16 code of an escape; null where there is none.</summary>
    private static char? Escaped(ReadOnlySpan<byte> bytes, int at) =>
        at + EscapeBytes <= bytes.Length
        && bytes[at..].StartsWith("\\u"u8)
        && ushort.TryParse(
            bytes.Slice(at + 2, 4),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var code
        )
            ? (char)code
            : null;
}
