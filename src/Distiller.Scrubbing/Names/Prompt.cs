namespace Distiller.Scrubbing.Names;

/// <summary>A caption that a program prints before it reads: <c>read -rsp "Passwort: " PW</c>.</summary>
internal static class Prompt
{
    private const int CaptionMax = 48;

    /// <summary>Whether the quote behind the colon closes what was opened before the name, and opens no value.</summary>
    public static bool Is(NamePlace place, Sign sign)
    {
        var (text, at) = (place.Text, sign.ValueAt);
        if (
            sign.Kind != SignKind.Colon
            || text[at] is not ('"' or '\'')
            || text.AsSpan(place.End, at - place.End).ContainsAny('"', '\'', '\\')
        )
        {
            return false;
        }

        var from = Math.Max(0, place.Start - CaptionMax);
        var head = text.AsSpan(from, place.Start - from);
        var open = head.LastIndexOfAny(text[at], '\n');
        return open > 0 && head[open] == text[at] && head[open - 1] is ' ' or '(' or '=' && IsRead(head[..open]);
    }

    /// <summary>Whether what stands before the caption asks for something.</summary>
    private static bool IsRead(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd(' ');
        var word = before[(before.LastIndexOf(' ') + 1)..];
        return word.EndsWith("(") || word.Length > 1 && word[0] == '-' && word[^1] == 'p' || word is "-Prompt";
    }
}
