using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>What a text that stands where a secret would looks like.</summary>
internal static class ValueLook
{
    private static readonly SearchValues<char> s_symbols = SearchValues.Create("!@#$%^&*+=?~{}[]()<>|;:,/\\'\"§€");
    private static readonly SearchValues<char> s_joints = SearchValues.Create("-_./:");
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdefABCDEF-");

    private static readonly HashSet<string> s_units = new(StringComparer.OrdinalIgnoreCase)
    {
        "b",
        "byte",
        "bytes",
        "bit",
        "bits",
        "char",
        "chars",
        "character",
        "characters",
        "digits",
        "words",
        "letters",
        "items",
        "entries",
        "keys",
        "secrets",
        "tokens",
        "days",
        "hours",
        "minutes",
        "seconds",
        "zeichen",
        "px",
        "rem",
        "em",
        "vh",
        "vw",
        "ms",
        "deg",
        "pt",
    };

    /// <summary>A variable, a template parameter, a masked value, an elided one, or a placeholder of the scrubber.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<char> value)
    {
        if (value.Length == 0 || value.IndexOfAnyExcept(value[0]) < 0)
        {
            return true;
        }

        var bracket = value.IndexOf('[');
        if (bracket >= 0 && Placeholders.Begins(value[bracket..]))
        {
            return true;
        }

        var (first, last) = (value[0], value[^1]);
        return first switch
            {
                '$' => value.Length > 1
                    && (
                        value[1] is '('
                        || (value[1] == '{' && last == '}')
                        || (value[1] == '{' && value.IndexOf('}') < 0)
                        || IsIdentifier(value[1..].TrimStart('$'))
                        || last is '[' or ']' && IsIdentifier(value[1..value.IndexOf('[')])
                        || last == '}' && value.IndexOf('{') is > 1 and var brace && IsIdentifier(value[1..brace])
                        || value[1..].StartsWith("env:", StringComparison.OrdinalIgnoreCase)
                    ),
                '{' => last == '}' || value.IndexOf('}') < 0,
                '<' => last == '>' || value.IndexOf('>') < 0,
                '[' => last == ']' || value.IndexOf(']') < 0,
                '%' => last == '%' || value.Length <= 3 || value[1] is '(' or '{',
                '(' => last == ')' || value.IndexOf(')') < 0,
                '#' => value.Length > 1 && value[1] == '{',
                '@' => value.Length > 1 && value[1] is '{' or '(',
                '*' => value.Length > 1 && value[1] == '*',
                '!' => value.StartsWith("!secret")
                    || value.StartsWith("!vault")
                    || value.StartsWith("!Ref")
                    || value.StartsWith("!Sub")
                    || value.StartsWith("!env"),
                'E' => value.StartsWith("ENC[", StringComparison.Ordinal)
                    || value.StartsWith("ENC(", StringComparison.Ordinal),
                'o' => value.StartsWith("op://", StringComparison.Ordinal),
                'a' => value.StartsWith("arn:", StringComparison.Ordinal),
                'v' => value.StartsWith("vault:", StringComparison.Ordinal),
                'r' => value.StartsWith("ref+", StringComparison.Ordinal),
                'R' => value.StartsWith("Read-Host", StringComparison.Ordinal),
                'G' => value.StartsWith("Get-", StringComparison.Ordinal),
                'C' => value.StartsWith("ConvertTo-", StringComparison.Ordinal),
                _ => false,
            }
            || value.Contains("...", StringComparison.Ordinal)
            || value.Contains("***", StringComparison.Ordinal)
            || value.Contains("${", StringComparison.Ordinal) && last == '}'
            || value.Contains("{{", StringComparison.Ordinal)
                && value.Contains("}}", StringComparison.Ordinal)
                && last == '}'
            || value.Contains('…')
            || value.StartsWith("xxx", StringComparison.OrdinalIgnoreCase) && !value.ContainsAnyInRange('0', '9')
            || IsYours(value)
            || IsCapitalName(value)
            || StandIn.Is(value);
    }

    /// <summary><c>your-api-key</c>, <c>YOUR_KEY_HERE</c>, <c>replace_me</c>: words for people.</summary>
    private static bool IsYours(ReadOnlySpan<char> value) =>
        !value.ContainsAnyInRange('0', '9')
        && (
            value.StartsWith("your", StringComparison.OrdinalIgnoreCase)
            || value.EndsWith("here", StringComparison.OrdinalIgnoreCase)
            || value.StartsWith("replace", StringComparison.OrdinalIgnoreCase)
            || value.StartsWith("insert", StringComparison.OrdinalIgnoreCase)
            || value.Contains("placeholder", StringComparison.OrdinalIgnoreCase)
            || value.Contains("redacted", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary><c>APP_PASSWORD</c>: what is to be put there.</summary>
    private static bool IsCapitalName(ReadOnlySpan<char> value) =>
        value.Contains('_')
        && !value.ContainsAnyInRange('a', 'z')
        && !value.ContainsAnyInRange('0', '9')
        && (
            value.EndsWith("PASSWORD")
            || value.EndsWith("TOKEN")
            || value.EndsWith("SECRET")
            || value.EndsWith("_KEY")
            || value.EndsWith("_PASS")
        );

    public static bool HasLetter(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (char.IsLetter(c))
            {
                return true;
            }
        }

        return false;
    }

    public static bool HasDigitAndLetter(ReadOnlySpan<char> value) =>
        value.ContainsAnyInRange('0', '9') && HasLetter(value);

    public static bool HasSymbol(ReadOnlySpan<char> value) => value.ContainsAny(s_symbols);

    /// <summary>Upper-case and lower-case letters in turn, as no word has them.</summary>
    public static bool IsLetterSalad(ReadOnlySpan<char> value)
    {
        var turns = 0;
        for (var i = 1; i < value.Length; i++)
        {
            turns += char.IsAsciiLetterLower(value[i - 1]) && char.IsAsciiLetterUpper(value[i]) ? 1 : 0;
        }

        return value.Length >= 20 && !value.ContainsAny(s_joints) && turns * 6 >= value.Length;
    }

    public static bool IsIdentifier(ReadOnlySpan<char> value)
    {
        if (value.Length == 0 || !(char.IsLetter(value[0]) || value[0] == '_'))
        {
            return false;
        }

        foreach (var c in value)
        {
            if (!char.IsLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Identifiers joined by dots.</summary>
    public static bool IsDotted(ReadOnlySpan<char> value)
    {
        foreach (var range in value.Split('.'))
        {
            if (!IsIdentifier(value[range]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>config.token2</c>, <c>user_password</c>, <c>a::b</c>: names of code.</summary>
    public static bool IsExpression(ReadOnlySpan<char> value)
    {
        var dot = value.IndexOf('.');
        return dot > 0 && IsIdentifier(value[..dot]) && !value[..dot].ContainsAnyInRange('0', '9') && !HasSymbol(value)
            || value.Contains("::", StringComparison.Ordinal)
            || value.Contains("->", StringComparison.Ordinal)
            || value.IndexOf("!(") is > 0 and var macro && IsDotted(value[..macro])
            || value[^1] == '>' && value.IndexOf('<') is > 0 and var of && IsIdentifier(value[..of]);
    }

    /// <summary><c>tiger.lily22</c>, <c>Tiger.Lily22</c>: two words, the second longer than the ending of a file and with digits.</summary>
    public static bool IsWordsAndDigits(ReadOnlySpan<char> value)
    {
        var dot = value.IndexOf('.');
        return dot > 2
            && value.Length - dot > 5
            && value[^1] is >= '0' and <= '9'
            && char.IsUpper(value[0]) == char.IsUpper(value[dot + 1])
            && !value[1..dot].ContainsAnyExceptInRange('a', 'z')
            && char.IsAsciiLetter(value[0])
            && char.IsAsciiLetter(value[dot + 1])
            && value[(dot + 2)..].IndexOfAnyExceptInRange('a', 'z') >= 2
            && !value[(dot + 2)..].TrimEnd("0123456789").ContainsAnyExceptInRange('a', 'z');
    }

    /// <summary>Small words joined by underscores or capitals: the name of a variable.</summary>
    public static bool IsVariable(ReadOnlySpan<char> value)
    {
        if (!IsIdentifier(value) || value.ContainsAnyInRange('0', '9'))
        {
            return false;
        }

        if (value.Contains('_'))
        {
            return true;
        }

        for (var i = 1; i < value.Length; i++)
        {
            if (char.IsLower(value[i - 1]) && char.IsUpper(value[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary><c>id_user1</c>: small words joined by underscores, which may be numbered.</summary>
    public static bool IsNumberedVariable(ReadOnlySpan<char> value)
    {
        foreach (var range in value.Split('_'))
        {
            var part = value[range].TrimEnd("0123456789");
            if (part.Length < 2 || value[range].Length - part.Length > 2 || !IsWord(part))
            {
                return false;
            }
        }

        return value.Contains('_') && !value.ContainsAnyInRange('A', 'Z');
    }

    /// <summary><c>my-app-v2</c>, <c>linux-node-18-a1b2c3</c>: mostly words, joined.</summary>
    public static bool IsNameLike(ReadOnlySpan<char> value)
    {
        var (parts, inWords, letters) = (0, 0, 0);
        foreach (var range in value.SplitAny(s_joints))
        {
            var part = value[range];
            if (part.Length == 0)
            {
                continue;
            }

            parts++;
            letters += part.Length;
            if (IsWord(part))
            {
                inWords += part.Length;
            }
        }

        return parts >= 2 && inWords * 2 > letters;
    }

    /// <summary><c>Kranz-Turm-41</c>: words as people join them to a password.</summary>
    public static bool IsJoinedPassword(ReadOnlySpan<char> value) =>
        value.Length >= 8
        && char.IsUpper(value[0])
        && value.ContainsAnyInRange('0', '9')
        && !value.ContainsAny('/', ':', '.');

    /// <summary><c>haystack_Needle3</c>: joined like a name, with a capital and a digit that no name of a thing has.</summary>
    public static bool IsCapitalJoined(ReadOnlySpan<char> value) =>
        value.Length >= 8
        && value.ContainsAnyInRange('0', '9')
        && value.ContainsAnyInRange('A', 'Z')
        && value.ContainsAnyInRange('a', 'z')
        && !value.ContainsAny("/:.");

    /// <summary><c>Ooievaar.12</c>, <c>Ooievaar/12</c>: a capital, a word and a number, where members of objects have a letter behind their dot.</summary>
    public static bool IsWordDotNumber(ReadOnlySpan<char> value)
    {
        var dot = value.IndexOfAny('.', '/');
        return dot >= 4
            && value.Length - dot > 2
            && char.IsUpper(value[0])
            && !value[(dot + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    /// <summary><c>Heron=12</c>: a capital, a word and a number, where a setting is named in small letters or all capitals.</summary>
    public static bool IsWordSignNumber(ReadOnlySpan<char> value)
    {
        var sign = value.IndexOf('=');
        return sign >= 3
            && char.IsUpper(value[0])
            && char.IsLower(value[1])
            && value.Length > sign + 1
            && !value[(sign + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    /// <summary><c>16 bytes</c>, <c>32 chars</c>: how long a secret is that is not shown.</summary>
    public static bool IsSize(ReadOnlySpan<char> value)
    {
        var unit = value.TrimStart("0123456789.");
        return unit.Length < value.Length && s_units.Contains(unit.Trim(" ()").ToString());
    }

    /// <summary><c>#7c3aed</c></summary>
    public static bool IsColor(ReadOnlySpan<char> value) =>
        value is ['#', .. var digits] && digits.Length is 3 or 4 or 6 or 8 && IsHex(digits);

    public static bool IsUuid(ReadOnlySpan<char> value) =>
        value.Length == 36 && value[8] == '-' && value[13] == '-' && !value.ContainsAnyExcept(s_hex);

    public static bool IsHex(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(s_hex) && !value.Contains('-');

    /// <summary>Long, of letters and digits in turn, without joined words: made by a machine.</summary>
    public static bool IsRandom(ReadOnlySpan<char> value, int least)
    {
        if (
            value.Length < least
            || value.ContainsAny(' ', '\t')
            || IsUuid(value)
            || IsNameLike(value)
            || IsJoined(value)
        )
        {
            return false;
        }

        var turns = 0;
        for (var i = 1; i < value.Length; i++)
        {
            turns += Class(value[i]) != Class(value[i - 1]) ? 1 : 0;
        }

        return HasDigitAndLetter(value) && turns * 6 >= value.Length;
    }

    /// <summary><c>2026-01-21-130d7b7e-5801</c>: an identifier in parts.</summary>
    private static bool IsJoined(ReadOnlySpan<char> value) =>
        value.Count('-') + value.Count('_') + value.Count('.') >= 2 && !value.ContainsAnyInRange('A', 'Z');

    private static int Class(char c) =>
        char.IsAsciiDigit(c) ? 0
        : char.IsAsciiLetterLower(c) ? 1
        : char.IsAsciiLetterUpper(c) ? 2
        : 3;

    private static bool IsWord(ReadOnlySpan<char> part)
    {
        if (part.Length < 2)
        {
            return false;
        }

        for (var i = 1; i < part.Length; i++)
        {
            if (!char.IsAsciiLetterLower(part[i]))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(part[0]);
    }
}
