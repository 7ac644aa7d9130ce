namespace Distiller.Scrubbing.Names;

/// <summary>How far a value without quotes goes.</summary>
internal static class BareValue
{
    private const int ValueMax = 1024;

    /// <returns>0: there is none.</returns>
    public static int Length(string text, int start, ValueStyle style)
    {
        var end = Math.Min(text.Length, start + ValueMax);
        var isLiteral =
            style
            is ValueStyle.Environment
                or ValueStyle.Flag
                or ValueStyle.Setting
                or ValueStyle.Logged
                or ValueStyle.Prose;
        var i = start;
        while (i < end && !Ends(text, start, i, style, isLiteral))
        {
            i++;
        }

        var length = i - start;
        while (length > 0 && text[start + length - 1] is ',' or ';')
        {
            length--;
        }

        if (style == ValueStyle.Prose)
        {
            length = text.AsSpan(start, length).TrimEnd(".,;:)*_").Length;
        }

        return length;
    }

    private static bool Ends(string text, int start, int i, ValueStyle style, bool isLiteral)
    {
        var c = text[i];
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n' or '"' or '`':
                return true;
            case '\'':
                return style != ValueStyle.Prose || !Goes(text, i);
            case '\\':
                return i + 1 >= text.Length || text[i + 1] is 'n' or 'r' or 't' or '"' or '\'' or '\\' or '\n';
            case '<':
                return !isLiteral || i + 1 < text.Length && text[i + 1] is '/' or 'b';
            case ',' or ';':
                return !isLiteral || !Goes(text, i) || Assigns(text, i + 1);
            case '&':
                return style is ValueStyle.Query or ValueStyle.Bare
                    || !Goes(text, i)
                    || text[i + 1] == '&'
                    || Assigns(text, i + 1);
            case '(' or '[' or '{':
                return i > start
                    && (
                        !isLiteral
                        || style == ValueStyle.Setting && ValueLook.IsDotted(text.AsSpan(start, i - start)) && c != '{'
                    );
            case ')' or ']' or '}':
                return !isLiteral || !Goes(text, i) && !HasOpen(text, start, i, c);
            case '|':
                return !isLiteral || !Goes(text, i) || i == start;
            case '>':
                return !isLiteral || i == start;
            case '#':
                return style == ValueStyle.Query;
            default:
                return char.IsControl(c);
        }
    }

    /// <summary>Whether the word goes on behind this character.</summary>
    private static bool Goes(string text, int i) =>
        i + 1 < text.Length && !char.IsWhiteSpace(text[i + 1]) && text[i + 1] is not ('"' or '\'' or '`' or '\\');

    /// <summary>Whether another assignment begins here: <c>;Encrypt=true</c>.</summary>
    private static bool Assigns(string text, int at)
    {
        var end = Math.Min(text.Length, at + 40);
        var i = at;
        while (i < end && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '-' or '.' or ' '))
        {
            i++;
        }

        return i > at && i < end && text[i] == '=' && char.IsLetter(text[at]);
    }

    private static bool HasOpen(string text, int start, int i, char close)
    {
        var open =
            close == ')' ? '('
            : close == ']' ? '['
            : '{';
        return text.AsSpan(start, i - start).Contains(open);
    }
}
