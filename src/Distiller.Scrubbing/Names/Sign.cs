namespace Distiller.Scrubbing.Names;

/// <summary>An identifier in a text.</summary>
/// <param name="First">Where the words begin that may belong to it.</param>
internal readonly record struct NamePlace(string Text, int Start, int End, int First, bool IsFlag)
{
    /// <summary>Written in capitals, as variables of the environment are.</summary>
    public bool IsUpper =>
        !Text.AsSpan(Start, End - Start).ContainsAnyInRange('a', 'z')
        && Text.AsSpan(Start, End - Start).ContainsAnyInRange('A', 'Z');
}

/// <summary>What stands between a name and its value.</summary>
internal enum SignKind
{
    None,
    Equal,
    Colon,

    /// <summary><c>==</c>, <c>!=</c>.</summary>
    Comparison,

    /// <summary>The opening parenthesis of a call.</summary>
    Call,

    /// <summary>A comma, in a list or in arguments.</summary>
    Comma,

    /// <summary>The line between two cells of a table.</summary>
    Cell,

    /// <summary>The end of an XML tag.</summary>
    Tag,

    /// <summary><c>value=</c> or <c>value:</c>, behind an entry's name.</summary>
    Entry,

    /// <summary>Blanks, behind a flag or a command that sets something.</summary>
    Blank,

    /// <summary>A verb, or nothing, in a sentence.</summary>
    Sentence,
}

/// <param name="ValueAt">Where the value begins.</param>
/// <param name="IsSpaced">Whether blanks stand around the sign.</param>
internal readonly record struct Sign(SignKind Kind, int ValueAt, bool IsSpaced)
{
    private const int GapMax = 12;

    private static readonly string[] s_entries =
    [
        "value",
        "Value",
        "VALUE",
        "content",
        "default",
        "ParameterValue",
        "secret",
    ];
    private static readonly string[] s_setters =
    [
        "ENV",
        "setenv",
        "setx",
        "-x",
        "-gx",
        "-Ux",
        "set",
        "add",
        "ARG",
        "variable",
    ];

    public static Sign Behind(NamePlace place)
    {
        var text = place.Text;
        var at = place.End;
        if (at >= text.Length)
        {
            return default;
        }

        if (text[at] == '(')
        {
            return new Sign(SignKind.Call, at + 1, false);
        }

        if (text[at] == '?' && at + 1 < text.Length && text[at + 1] == ':')
        {
            at++; // An optional member of TypeScript.
        }

        var closed = at;
        while (closed < text.Length && closed - at < GapMax && text[closed] is '\\' or '"' or '\'' or '`' or ']' or '*')
        {
            closed++;
        }

        var next = Skip(text, closed);
        if (next >= text.Length)
        {
            return default;
        }

        var isSpaced = next > closed;
        var quoted = closed > at;
        switch (text[next])
        {
            case '=':
                return Equal(text, next, isSpaced);
            case '!' when next + 1 < text.Length && text[next + 1] == '=':
                return new Sign(SignKind.Comparison, SkipSigns(text, next + 1), true);
            case ':' when next == at && next + 1 < text.Length && text[next + 1] is '-' && IsExpansion(place):
                return new Sign(SignKind.Equal, next + 2, false);
            case ':' when next == at && next + 1 < text.Length && text[next + 1] is '?' or '+' && IsExpansion(place):
                return default;
            case ':' when isSpaced && !quoted && next + 1 < text.Length && text[next + 1] == '\'':
                return default; // PASSWORD :'name', a variable of psql.
            case ':' or '：' or '＝':
                return Colon(text, next);
            case '<' when next + 1 < text.Length && text[next + 1] == '-':
                return new Sign(SignKind.Equal, Skip(text, next + 2), true);
            case '-' when isSpaced && next + 1 < text.Length && text[next + 1] == '>':
                return new Sign(SignKind.Sentence, Skip(text, next + 2), true);
            case '→' or '⇒' or '—' or '–' when isSpaced:
            case '?' when next + 1 < text.Length && text[next + 1] == ' ':
            case '#' when isSpaced && next + 1 < text.Length && text[next + 1] == ' ':
                return new Sign(SignKind.Sentence, SentenceVerb.Behind(text, Skip(text, next + 1)), true);
            case '-' when isSpaced && next + 1 < text.Length && text[next + 1] == ' ':
                return new Sign(SignKind.Sentence, Skip(text, next + 1), true);
            case '%' when next == at && text.AsSpan(next).StartsWith("%3D", StringComparison.OrdinalIgnoreCase):
                return new Sign(SignKind.Equal, next + 3, false);
            case ','
                when place.Start > 0 && text[place.Start - 1] == '{' && next + 1 < text.Length && text[next + 1] == ' ':
                return new Sign(SignKind.Comma, Skip(text, next + 1), true);
            case '{' when IsQuoteAt(text, Skip(text, next + 1)):
                return new Sign(SignKind.Call, Skip(text, next + 1), true); // license{"v"}, password { "v" }
            case '"' when quoted && text[at] == '*':
                return new Sign(SignKind.Equal, next, true); // *api-token* "v", of Lisp.
            case '|' when next == at && ValueReader.AtLineStart(place):
                return new Sign(SignKind.Equal, next + 1, false); // A row that sqlite3 prints.
            case '|' when isSpaced && next + 1 < text.Length && text[next + 1] == ' ':
                return new Sign(SignKind.Cell, Skip(text, next + 1), true);
            case '>' when next == closed && (quoted || place.Start > 0 && text[place.Start - 1] is '<' or ':'):
                return new Sign(SignKind.Tag, next + 1, false);
            case ',' when quoted:
                return Entry(text, next + 1) ?? new Sign(SignKind.Comma, Skip(text, next + 1), true);
            case ',' or '\n' or '\r':
                return Entry(text, next + 1) ?? default;
            default:
                return isSpaced ? Blank(place, next, quoted) : default;
        }
    }

    /// <summary><c>${DB_PASSWORD:-v}</c></summary>
    private static bool IsExpansion(NamePlace place) =>
        place.Start > 1 && place.Text[place.Start - 1] == '{' && place.Text[place.Start - 2] == '$';

    private static Sign Equal(string text, int at, bool isSpaced)
    {
        var end = SkipSigns(text, at);
        if (end - at > 1 && text[at + 1] == '=' || end < text.Length && text[end] == '~')
        {
            return new Sign(SignKind.Comparison, Skip(text, end), true);
        }

        var value = Skip(text, end);
        return new Sign(SignKind.Equal, value, isSpaced || value > end);
    }

    private static Sign Colon(string text, int at)
    {
        if (at + 1 < text.Length && text[at + 1] == ':')
        {
            // Base64 in LDIF has two colons and a blank, a namespace none.
            return at + 2 < text.Length && text[at + 2] == ' '
                ? new Sign(SignKind.Equal, Skip(text, at + 2), false)
                : default;
        }

        var end = at + 1 < text.Length && text[at + 1] == '=' ? at + 2 : at + 1;
        var value = Skip(text, end);
        if (value + 1 < text.Length && text[value] == '*' && text[value + 1] == '*')
        {
            value = Skip(text, value + 2); // **password:** in Markdown.
        }

        if (
            value < text.Length
            && (text[value] == '&' || text.AsSpan(value).StartsWith("!!", StringComparison.Ordinal))
        )
        {
            // An anchor or a type of YAML.
            var mark = text.AsSpan(value, Math.Min(24, text.Length - value)).IndexOfAny(' ', '\n');
            value = mark > 0 && text[value + mark] == ' ' ? value + mark + 1 : value;
            if (value + 1 < text.Length && text[value] == '=' && text[value + 1] == ' ')
            {
                return new Sign(SignKind.Equal, Skip(text, value + 1), true); // A reference of Rust: &str = "v".
            }
        }

        return new Sign(end - at == 2 ? SignKind.Equal : SignKind.Colon, value, value > end);
    }

    /// <summary><c>name: X\n  value: v</c>, <c>"name":"X","value":"v"</c>, <c>Key=X,Value=v</c>.</summary>
    private static Sign? Entry(string text, int at)
    {
        var end = Math.Min(text.Length, at + (3 * GapMax));
        while (at < end && text[at] is ' ' or '\t' or '\r' or '\n' or '"' or '\\' or '\'')
        {
            at++;
        }

        return EntryKey(text, at);
    }

    private static Sign? EntryKey(string text, int at)
    {
        foreach (var key in s_entries)
        {
            if (string.CompareOrdinal(text, at, key, 0, key.Length) == 0)
            {
                var sign = at + key.Length;
                while (
                    sign < text.Length && sign - at - key.Length < GapMax && text[sign] is '"' or '\\' or '\'' or ' '
                )
                {
                    sign++;
                }

                if (sign < text.Length && text[sign] is ':' or '=')
                {
                    return new Sign(SignKind.Entry, Skip(text, sign + 1), false);
                }
            }
        }

        return null;
    }

    private static Sign Blank(NamePlace place, int next, bool quoted)
    {
        var text = place.Text;
        if (place.Start > 0 && text[place.Start - 1] is '<' or ':' && !quoted)
        {
            // A tag with attributes.
            const int tagMax = 160;
            var close = text.AsSpan(next, Math.Min(tagMax, text.Length - next)).IndexOfAny('<', '>', '\n');
            if (close > 0 && text[next + close] == '>' && text[next + close - 1] is '"' or '\'')
            {
                return new Sign(SignKind.Tag, next + close + 1, false);
            }

            if (text[place.Start - 1] == '<')
            {
                return default; // Its attributes are looked at apart.
            }
        }

        if (quoted)
        {
            // An attribute: name="password" value="…"; a block of Terraform with a default below.
            return EntryKey(text, next) ?? (text[next] == '{' ? Entry(text, next + 1) ?? default : default);
        }

        if (place.IsFlag)
        {
            return new Sign(SignKind.Blank, next, true);
        }

        var before = place.Start;
        while (before > 0 && place.Start - before < 4 && text[before - 1] is ' ' or '\t')
        {
            before--;
        }

        var word = before;
        while (word > 0 && before - word < 10 && text[word - 1] is not (' ' or '\n' or '\t'))
        {
            word--;
        }

        if (before < place.Start && IsSetter(text.AsSpan(word, before - word)))
        {
            return new Sign(SignKind.Blank, next, true);
        }

        return new Sign(SignKind.Sentence, SentenceVerb.Behind(text, next), true);
    }

    private static bool IsQuoteAt(string text, int at) => at < text.Length && text[at] is '"' or '\'';

    private static bool IsSetter(ReadOnlySpan<char> word)
    {
        foreach (var setter in s_setters)
        {
            if (word.SequenceEqual(setter))
            {
                return true;
            }
        }

        return false;
    }

    private static int SkipSigns(string text, int at)
    {
        while (at < text.Length && text[at] is '=' or '>')
        {
            at++;
        }

        return at;
    }

    public static int Skip(string text, int at)
    {
        var end = Math.Min(text.Length, at + GapMax + GapMax);
        while (at < end && (text[at] is ' ' or '\t' || IsEscapedTab(text, at)))
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        return at;
    }

    private static bool IsEscapedTab(string text, int at) =>
        text[at] == '\\' && at + 1 < text.Length && text[at + 1] == 't' && text[at - 1] is ':' or '=' or ' ';
}
