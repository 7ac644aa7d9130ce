using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>A stretch of text that may be the value of a name.</summary>
/// <param name="NeedsMixed">Only letters and digits together are one: what stands there is often another name.</param>
/// <param name="IsCell">Of a table, in the column of its name.</param>
/// <param name="IsWholeLine">Several words to the end of the line.</param>
internal readonly record struct ValuePlace(
    int Start,
    int Length,
    ValueStyle Style,
    bool NeedsMixed = false,
    bool IsWholeLine = false,
    bool IsCell = false
);

/// <summary>Reads the value behind a name and its sign.</summary>
internal static class ValueReader
{
    private static readonly SearchValues<char> s_clock = SearchValues.Create("0123456789:. \t");
    private static readonly SearchValues<char> s_lineEnd = SearchValues.Create("\n\r\"'`\\#");
    private static readonly SearchValues<char> s_code = SearchValues.Create("()=;<>{}");

    private const int ValueMax = 2048;
    private const int LineStartMax = 48;

    /// <summary>The value, in the order of how likely it is one.</summary>
    public static IReadOnlyList<ValuePlace> Read(NamePlace place, Sign sign)
    {
        var text = place.Text;
        if (sign.ValueAt >= text.Length || Prompt.Is(place, sign))
        {
            return [];
        }

        return sign.Kind switch
        {
            SignKind.Tag => Tag(text, sign.ValueAt),
            SignKind.Call => Quoted(text, sign.ValueAt, needsMixed: !IsSetter(place)),
            SignKind.Comma => Quoted(text, sign.ValueAt, needsMixed: !(place.IsUpper && IsArgument(place))),
            SignKind.Comparison => Quoted(text, sign.ValueAt, needsMixed: false),
            SignKind.Sentence => Sentence(text, sign.ValueAt),
            SignKind.Cell => Cell(text, sign.ValueAt),
            _ when IsList(text, sign.ValueAt) => Quoted(text, sign.ValueAt + 1, needsMixed: true),
            _ => Quoted(text, sign.ValueAt, needsMixed: false) is { Count: > 0 } quoted ? quoted : Bare(place, sign),
        };
    }

    /// <summary><c>["v"]</c></summary>
    private static bool IsList(string text, int at) =>
        at + 2 < text.Length && text[at] == '[' && text[at + 1] is '"' or '\'';

    /// <summary><c>setPassword(</c>, <c>.password(</c>.</summary>
    private static bool IsSetter(NamePlace place)
    {
        var name = place.Text.AsSpan(place.Start, place.End - place.Start);
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last.StartsWith("set", StringComparison.OrdinalIgnoreCase)
            || last.StartsWith("with", StringComparison.OrdinalIgnoreCase)
            || last.Length <= 9 && (name.Contains('.') || place.Start > 0 && place.Text[place.Start - 1] is '.' or ')');
    }

    /// <summary>The first one of a call: <c>define("DB_PASS", …</c>.</summary>
    private static bool IsArgument(NamePlace place) =>
        place.Start > 1
        && place.Text[place.Start - 1] is '"' or '\''
        && place.Text[place.Start - 2] is '(' or ' ' or ',';

    private static List<ValuePlace> Tag(string text, int start)
    {
        var ahead = text.AsSpan(start, Math.Min(ValueMax, text.Length - start));
        if (ahead.StartsWith("<![CDATA[", StringComparison.Ordinal))
        {
            start += "<![CDATA[".Length;
            ahead = ahead["<![CDATA[".Length..];
        }

        var stop = ahead.IndexOfAny('<', ']');
        var value = stop < 0 ? default : ahead[..stop];
        if (value.StartsWith(" -") || value.StartsWith("\""))
        {
            return []; // --token <token> --next: a placeholder, and no tag.
        }

        return value.Trim().Length > 0 && value.IndexOfAny('\n', '>') < 0
            ? [new ValuePlace(start, stop, ValueStyle.Quoted)]
            : [];
    }

    /// <summary>A literal between quotes of any kind, which may be escaped, in JSON within JSON.</summary>
    private static List<ValuePlace> Quoted(string text, int at, bool needsMixed)
    {
        // Prefixes of literals: f"", b'', @"", $"", L"", u"".
        if (
            at + 1 < text.Length
            && text[at] is 'b' or 'r' or 'u' or 'f' or 'L' or 'N' or '@' or 'B' or 'R' or 'U' or 'F' or 'c'
            && text[at + 1] is '"' or '\''
        )
        {
            at++;
        }

        var open = at;
        while (open < text.Length && open - at < 8 && text[open] == '\\')
        {
            open++;
        }

        if (open >= text.Length || text[open] is not ('"' or '\'' or '`'))
        {
            return [];
        }

        var depth = open - at;
        var quote = text[open];
        var start = open + 1;
        if (start + 1 < text.Length && text[start] == quote && text[start + 1] == quote)
        {
            start += 2; // """ of Python and C#.
        }

        var end = Math.Min(text.Length, start + ValueMax);
        for (var i = start; i < end; i++)
        {
            if (text[i] == '\n' && depth == 0)
            {
                break;
            }

            if (text[i] != quote)
            {
                continue;
            }

            if (quote == '\'' && depth == 0 && i > start && i + 1 < end && text[i + 1] == quote)
            {
                i++; // Doubled, in YAML and SQL.
                continue;
            }

            var slashes = 0;
            while (i - slashes > start && text[i - slashes - 1] == '\\')
            {
                slashes++;
            }

            if (depth == 0 ? slashes % 2 == 0 || i + 1 == text.Length : slashes <= depth)
            {
                // "token=" + secret: what stands here is code, and the quotes are those of the text around it.
                if (
                    text[start] is '+' or ')'
                    || start + 1 < text.Length && text[start] == ' ' && text[start + 1] is '+' or ')'
                )
                {
                    return [];
                }

                var length = i - (depth == 0 ? 0 : Math.Min(slashes, depth)) - start;
                return length > 0 ? [new ValuePlace(start, length, ValueStyle.Quoted, needsMixed)] : [];
            }
        }

        // Cut off: what is there, to the first blank.
        var cut = text.AsSpan(start, end - start).IndexOfAny(" \t\r\n");
        return cut == 0
            ? []
            : [new ValuePlace(start, cut < 0 ? end - start : cut, ValueStyle.Quoted, NeedsMixed: true)];
    }

    private static List<ValuePlace> Sentence(string text, int at)
    {
        var quoted = Quoted(text, Past(text, at, '*'), needsMixed: false);
        if (quoted.Count > 0)
        {
            return quoted;
        }

        at = Past(text, at, '(');
        var length = BareValue.Length(text, at, ValueStyle.Prose);
        return length > 0 ? [new ValuePlace(at, length, ValueStyle.Prose)] : [];
    }

    /// <summary>A cell of one word: <c>| API key | v |</c>.</summary>
    private static List<ValuePlace> Cell(string text, int at)
    {
        at = Past(text, at, '`');
        var ahead = text.AsSpan(at, Math.Min(ValueMax, text.Length - at));
        var stop = ahead.IndexOfAny("|\n\r");
        var value = (stop < 0 ? ahead : ahead[..stop]).TrimEnd(" `*");
        return value.Length > 0 && !value.ContainsAny(' ', '\t')
            ? [new ValuePlace(at, value.Length, ValueStyle.Quoted, NeedsMixed: true)]
            : [];
    }

    private static int Past(string text, int at, char c)
    {
        while (at < text.Length && text[at] == c)
        {
            at++;
        }

        return at;
    }

    private static IReadOnlyList<ValuePlace> Bare(NamePlace place, Sign sign)
    {
        var (text, start) = (place.Text, sign.ValueAt);
        if (MadeLiteral.At(text, start) is var literal and > 0)
        {
            return Quoted(text, literal, needsMixed: true) is [{ Length: >= 8 }] made ? made : [];
        }

        var style = BareStyle.Of(place, sign);
        var length = BareValue.Length(text, start, style);
        if (length == 0)
        {
            return [];
        }

        var behind = start + length;
        if (sign.Kind == SignKind.Colon && TypedValue(text, behind) is { } typed)
        {
            return typed;
        }

        // AUTH: Received control message
        if (
            style == ValueStyle.Environment
            && sign is { Kind: SignKind.Colon, IsSpaced: true }
            && !EndsLine(text, behind)
        )
        {
            style = ValueStyle.Bare;
        }

        // A call, or an element of something.
        if (behind < text.Length && text[behind] is '(' or '[' && style is ValueStyle.Bare or ValueStyle.Setting)
        {
            return [];
        }

        if (style == ValueStyle.Setting && SettingsLine.Is(place, sign, behind))
        {
            return [new ValuePlace(start, length, ValueStyle.Line)];
        }

        if (style == ValueStyle.Setting && !EndsLine(text, behind))
        {
            var bare = new ValuePlace(
                start,
                length,
                BareStyle.IsWord(place, sign, behind) ? ValueStyle.Setting : ValueStyle.Bare
            );
            return AtLineStart(place) && LineEnd(text, start) is var whole and > 0
                ? [bare, new ValuePlace(start, whole, ValueStyle.Setting, NeedsMixed: false, IsWholeLine: true)]
                : [bare];
        }

        return [new ValuePlace(start, length, style)];
    }

    /// <summary><c>password: str = "x"</c>: behind the type.</summary>
    private static IReadOnlyList<ValuePlace>? TypedValue(string text, int at)
    {
        var i = at;
        while (
            i < text.Length
                && i - at < 24
                && text[i] is ' ' or '[' or ']' or '?' or '|' or '&' or '*' or '\'' or '<' or '>'
            || i < text.Length && i - at < 24 && char.IsLetter(text[i])
        )
        {
            i++;
        }

        if (i + 1 >= text.Length || text[i] != '=' || text[i + 1] is '=' or '>')
        {
            return null;
        }

        i++;
        while (i < text.Length && i - at < 40 && text[i] == ' ')
        {
            i++;
        }

        // password: SecretStr = SecretStr("x")
        var call = i;
        while (call < text.Length && call - i < 24 && (char.IsLetterOrDigit(text[call]) || text[call] is '.' or '_'))
        {
            call++;
        }

        i = call > i && call < text.Length && text[call] == '(' ? call + 1 : i;
        return Quoted(text, i, needsMixed: false) is { Count: > 0 } found ? found : null;
    }

    /// <summary>Whether nothing stands before the name on its line, but what marks or declares it.</summary>
    public static bool AtLineStart(NamePlace place)
    {
        var text = place.Text;
        var from = Math.Max(0, place.First - LineStartMax);
        var head = text.AsSpan(from, place.First - from);
        var line = head.LastIndexOfAny('\n', '\r');
        head = head[(line + 1)..].Trim(" \t+->|#*\"'`$");
        if (line < 0 && from > 0)
        {
            return false;
        }

        return head.Length == 0
            || head
                is "export"
                    or "set"
                    or "ENV"
                    or "ARG"
                    or "env"
                    or "local"
                    or "declare -x"
                    or "-e"
                    or "--env"
                    or "-D"
                    or "SET"
            || !head.ContainsAnyExcept(s_clock)
            || head.EndsWith(".") && head.IndexOf(' ') < 0
            || head[^1] is ':' or '-'
                && head.IndexOf(' ') < 0
                && head[..^1].LastIndexOf(':') is > 0 and var at // grep -n
                && !head[(at + 1)..^1].ContainsAnyExceptInRange('0', '9');
    }

    private static bool EndsLine(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or ';' or ',')
        {
            at++;
        }

        return at >= text.Length
            || text[at] is '\n' or '\r' or '#' or '"' or '\'' or '`' or '\\'
            || text[at - 1] == ';';
    }

    private static int LineEnd(string text, int start)
    {
        var ahead = text.AsSpan(start, Math.Min(80, text.Length - start));
        var stop = ahead.IndexOfAny(s_lineEnd);
        var line = (stop < 0 ? ahead : ahead[..stop]).TrimEnd();
        return stop < 0 && ahead.Length == 80 || line.IndexOfAny(s_code) >= 0 ? 0 : line.Length;
    }
}
