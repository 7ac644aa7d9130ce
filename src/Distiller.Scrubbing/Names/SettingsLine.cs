using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>A line of a file of settings, where a value stands without quotes and is no name of code.</summary>
internal static class SettingsLine
{
    private static readonly SearchValues<char> s_code = SearchValues.Create("(){}[];\"'`");

    /// <summary><c>name=value</c> or, below <c>[section]</c>, <c>name = value</c>, and the same above or below it.</summary>
    public static bool Is(NamePlace place, Sign sign, int end)
    {
        var text = place.Text;
        if (
            sign.Kind != SignKind.Equal
            || !ValueReader.AtLineStart(place)
            || end < text.Length && text[end] is not ('\n' or '\r')
        )
        {
            return false;
        }

        var start = text.AsSpan(0, place.First).LastIndexOf('\n');
        var above = start <= 0 ? default : text.AsSpan(0, start);
        above = above[(above.LastIndexOf('\n') + 1)..].Trim();
        var below = end >= text.Length ? default : text.AsSpan(end).TrimStart();
        below = (below.IndexOf('\n') is >= 0 and var stop ? below[..stop] : below).Trim();
        return IsSetting(above, sign.IsSpaced)
            || IsSetting(below, sign.IsSpaced)
            || sign.IsSpaced && IsInSection(text, place.First);
    }

    private static bool IsSetting(ReadOnlySpan<char> line, bool isSpaced)
    {
        var equal = line.IndexOf('=');
        return equal > 0
            && line.Length < 200
            && !line.ContainsAny(s_code)
            && (isSpaced ? line[..equal].Contains('.') : line[equal - 1] != ' ');
    }

    /// <summary>Whether a line <c>[section]</c> stands above, and nothing but settings between.</summary>
    private static bool IsInSection(string text, int at)
    {
        const int linesMost = 12;
        var above = text.AsSpan(0, at);
        for (var i = 0; i < linesMost && above.LastIndexOf('\n') is >= 0 and var end; i++)
        {
            above = above[..end];
            var line = above[(above.LastIndexOf('\n') + 1)..].Trim();
            if (line.Length > 2 && line[0] == '[' && line[^1] == ']')
            {
                return true;
            }

            if (line.Length > 0 && line[0] is not ('#' or ';') && (!line.Contains('=') || line.ContainsAny(s_code)))
            {
                return false;
            }
        }

        return false;
    }
}
