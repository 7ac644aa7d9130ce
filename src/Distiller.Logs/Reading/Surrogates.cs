using System.Globalization;

namespace Distiller.Logs.Reading;

/// <summary>
/// Half a surrogate pair in JSON text, which is left where an agent cut a text within a character. It is no Unicode text, so
/// it is replaced by U+FFFD before it is parsed.
/// </summary>
internal static class Surrogates
{
    private const int EscapeLength = 6; // \ud83d

    /// <summary>The same bytes where there is nothing to mend, else a copy of the same length.</summary>
    public static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        if (text.IndexOf("\\ud"u8) < 0 && text.IndexOf("\\uD"u8) < 0)
        {
            return json;
        }

        byte[]? mended = null;
        for (var at = 0; at < text.Length; )
        {
            var next = text[at..].IndexOf((byte)'\\');
            if (next < 0)
            {
                break;
            }

            at += next;
            if (CodeAt(text, at) is not { } code || code is < 0xD800 or > 0xDFFF)
            {
                at += 2;
            }
            else if (code < 0xDC00 && CodeAt(text, at + EscapeLength) is >= 0xDC00 and <= 0xDFFF)
            {
                at += 2 * EscapeLength;
            }
            else
            {
                mended ??= json.ToArray();
                "fffd"u8.CopyTo(mended.AsSpan(at + 2));
                at += EscapeLength;
            }
        }

        return mended ?? json;
    }

    private static int? CodeAt(ReadOnlySpan<byte> text, int at) =>
        at + EscapeLength <= text.Length
        && text[at] == (byte)'\\'
        && text[at + 1] == (byte)'u'
        && int.TryParse(
            text.Slice(at + 2, 4),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var code
        )
            ? code
            : null;
}
