using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>A value that is alone on its line, below the line of its name: in notes, dialogs of consoles, and blocks of YAML.</summary>
internal static class LineBelow
{
    private const int ValueMax = 512;
    private const int EmptyLinesMax = 2;

    private static readonly SearchValues<char> s_closers = SearchValues.Create("\"'`*])");
    private static readonly SearchValues<char> s_code = SearchValues.Create("(){};<>");
    private static readonly SearchValues<char> s_symbols = SearchValues.Create("!#$%&@+=");
    private static readonly string[] s_verbs = ["is", "ist", "was", "est", "es", "now", "below", "follows"];

    public static ValuePlace? Value(NamePlace place)
    {
        var (text, at) = (place.Text, place.End);
        while (at < text.Length && at - place.End < 6 && s_closers.Contains(text[at]))
        {
            at++;
        }

        var said = Says(text, ref at) || IsFormField(text, place.Start);
        if (at >= text.Length || text[at] is not ('\n' or '\r') || !said && !ValueReader.AtLineStart(place))
        {
            return null;
        }

        var lines = 0;
        while (at < text.Length && lines <= EmptyLinesMax + 1 && text[at] is '\n' or '\r' or ' ' or '\t')
        {
            lines += text[at] == '\n' ? 1 : 0;
            at++;
        }

        return lines <= EmptyLinesMax + 1 ? Line(text, at, said) : null;
    }

    /// <summary>Passes a colon, a verb and the sign of a block; whether something says that a value follows.</summary>
    private static bool Says(string text, ref int at)
    {
        var said = false;
        for (var i = 0; i < 4 && at < text.Length; i++)
        {
            while (at < text.Length && text[at] is ' ' or '\t')
            {
                at++;
            }

            if (at < text.Length && text[at] is ':' or '：' or '=')
            {
                said = true;
                at++;
            }
            else if (said && at < text.Length && text[at] is '|' or '>' or '*' or '-' or '+' or '\\')
            {
                at++;
            }
            else if (Verb(text, at) is var verb and > 0)
            {
                said = true;
                at += verb;
            }
        }

        return said;
    }

    /// <summary><c>Content-Disposition: form-data; name="password"</c>.</summary>
    private static bool IsFormField(string text, int name) =>
        text.AsSpan(0, name).EndsWith("form-data; name=\"", StringComparison.OrdinalIgnoreCase);

    private static int Verb(string text, int at)
    {
        foreach (var verb in s_verbs)
        {
            if (
                text.AsSpan(at).StartsWith(verb, StringComparison.OrdinalIgnoreCase)
                && at + verb.Length < text.Length
                && text[at + verb.Length] is ' ' or ':' or '\n' or '\r'
            )
            {
                return verb.Length;
            }
        }

        return 0;
    }

    private static ValuePlace? Line(string text, int at, bool said)
    {
        var line = text.AsSpan(at, Math.Min(ValueMax, text.Length - at));
        var stop = line.IndexOfAny('\n', '\r');
        line = (stop < 0 ? line : line[..stop]).TrimEnd();
        var value = line.TrimStart("\"'`*");
        at += line.Length - value.Length;
        var isQuoted = value.Length < line.Length;
        value = value.TrimEnd(",;").TrimEnd("\"'`*");
        if (
            value.Length < 4
            || value.ContainsAny(' ', '\t')
            || value[^1] is ':' or '?'
            || value.IndexOf('=') is > 0 and var sign
                && sign + 1 < value.Length
                && ValueLook.IsIdentifier(value[..sign])
            || value[^1] == '=' && value.Length < 16
            || !isQuoted && (value.ContainsAny(s_code) || value.Contains("::", StringComparison.Ordinal))
        )
        {
            return null;
        }

        return said || isQuoted || IsStrong(value)
            ? new ValuePlace(at, value.Length, ValueStyle.Prose, NeedsMixed: true)
            : null;
    }

    /// <summary>No word of a list: letters of both cases and digits, or a long run that a machine made.</summary>
    private static bool IsStrong(ReadOnlySpan<char> value) =>
        value.Length >= 8
        && value.ContainsAnyInRange('0', '9')
        && (
            value.ContainsAnyInRange('A', 'Z') && value.ContainsAnyInRange('a', 'z')
            || ValueLook.IsRandom(value, 20)
            || value.ContainsAny(s_symbols)
        )
        && !value.Contains('/');
}
