using System.Text;

namespace Distiller.Mining.Reducing;

/// <summary>
/// What a terminal would have shown at the end: no escape sequences, progress bars at their last state, no trailing
/// blanks, no runs of empty lines. After one pass no escape and no carriage return is left, so a second changes nothing.
/// </summary>
internal static class TerminalText
{
    private const char Escape = '\u001b';
    private const char Bell = '\u0007';

    public static string Clean(string text)
    {
        var plain = NeedsStripping(text) ? Strip(text) : text;
        return Tidy(plain);
    }

    private static bool NeedsStripping(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\t' or '\r'))
            {
                return true;
            }
        }

        return false;
    }

    private static string Strip(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == Escape)
            {
                i = EndOfSequence(text, i);
            }
            else if (!char.IsControl(c) || c is '\n' or '\t' or '\r')
            {
                kept.Append(c);
            }
        }

        return kept.ToString();
    }

    /// <summary>Index of the last character of the escape sequence that starts at <paramref name="start"/>.</summary>
    private static int EndOfSequence(string text, int start)
    {
        var i = start + 1;
        if (i >= text.Length)
        {
            return start;
        }

        switch (text[i])
        {
            case '[': // CSI: parameters, then one final byte.
                for (i++; i < text.Length && text[i] is >= ' ' and <= '?'; i++) { }
                return i < text.Length && text[i] is >= '@' and <= '~' ? i : i - 1;
            case ']' or 'P' or '_' or '^': // OSC and its kin: to BEL or ST; never past the line.
                for (i++; i < text.Length && text[i] is not (Bell or Escape or '\n'); i++) { }
                if (i < text.Length && text[i] == Bell)
                {
                    return i;
                }

                return i + 1 < text.Length && text[i] == Escape && text[i + 1] == '\\' ? i + 1 : i - 1;
            case '(' or ')': // Character set: one more byte.
                return i + 1 < text.Length && text[i + 1] is not ('\n' or Escape) ? i + 1 : i;
            case >= '0' and <= '~':
                return i;
            default:
                return start;
        }
    }

    private static string Tidy(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        var kept = new StringBuilder(text.Length);
        var blank = true; // Leading blank lines go.
        foreach (var raw in lines)
        {
            foreach (var line in Overwritten(raw))
            {
                var trimmed = line.TrimEnd();
                if (trimmed.Length == 0 && blank)
                {
                    continue;
                }

                blank = trimmed.Length == 0;
                kept.Append(trimmed).Append('\n');
            }
        }

        while (kept.Length > 0 && kept[^1] == '\n')
        {
            kept.Length--;
        }

        return kept.ToString();
    }

    /// <summary>The last thing a line with carriage returns showed, and before it whatever was an error.</summary>
    private static IEnumerable<string> Overwritten(string line)
    {
        if (!line.Contains('\r', StringComparison.Ordinal))
        {
            yield return line;
            yield break;
        }

        var states = line.Split('\r').Where(s => !string.IsNullOrWhiteSpace(s)).ToList();
        for (var i = 0; i < states.Count; i++)
        {
            if (i == states.Count - 1 || ErrorLine.Is(states[i]))
            {
                yield return states[i];
            }
        }
    }
}
