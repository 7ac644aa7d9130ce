using System.Globalization;
using System.Text;

namespace Distiller.Logs.Reading;

/// <summary>
/// Escapes of half a surrogate pair in JSON (<c>\ud83d</c> alone), which agents write where they cut a text within a
/// character. They are no Unicode text; U+FFFD takes their place.
/// </summary>
internal static class HalfSurrogates
{
    /// <param name="json">JSON text; returned as it is where nothing is to mend.</param>
    public static string Mend(string json)
    {
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return json;
        }

        var mended = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; )
        {
            if (json[i] != '\\' || i + 1 >= json.Length)
            {
                mended.Append(json[i++]);
            }
            else if (Escape(json, i) is not { } unit || !char.IsSurrogate(unit))
            {
                mended.Append(json, i, 2); // Any other escape, a backslash's own included.
                i += 2;
            }
            else if (char.IsHighSurrogate(unit) && Escape(json, i + 6) is { } low && char.IsLowSurrogate(low))
            {
                mended.Append(json, i, 12);
                i += 12;
            }
            else
            {
                mended.Append("\\ufffd");
                i += 6;
            }
        }

        return mended.ToString();
    }

    /// <summary>The UTF-16 unit that <c>\uXXXX</c> at a place stands for; null where none stands there.</summary>
    private static char? Escape(string json, int at) =>
        at + 6 <= json.Length
        && json[at] == '\\'
        && json[at + 1] == 'u'
        && ushort.TryParse(
            json.AsSpan(at + 2, 4),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var unit
        )
            ? (char)unit
            : null;
}
