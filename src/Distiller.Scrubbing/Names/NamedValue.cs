using System.Buffers;

namespace Distiller.Scrubbing.Names;

/// <summary>How a value is written behind its name.</summary>
internal enum ValueStyle
{
    Quoted,

    /// <summary>An upper-case name, an equals sign, no blanks: meant literally.</summary>
    Environment,

    /// <summary>Behind <c>--name</c>.</summary>
    Flag,

    /// <summary>A parameter of a URL or a form.</summary>
    Query,

    /// <summary>Alone on the line with its name, or in a connection string.</summary>
    Setting,

    /// <summary>All that stands behind an equals sign in a file of settings, where nothing is code.</summary>
    Line,

    /// <summary>Somewhere in code or text.</summary>
    Bare,

    /// <summary>A pair of a line of logs, behind another: <c>user=bob password=v</c>.</summary>
    Logged,

    /// <summary>In a sentence.</summary>
    Prose,
}

/// <summary>Decides whether a value is the secret that its name says it is.</summary>
internal sealed class NamedValue
{
    private static readonly SearchValues<char> s_code = SearchValues.Create("()<>=$/");

    private readonly HashSet<string> _noValues;
    private readonly HashSet<string> _prose;

    public NamedValue(ScrubRuleSet set)
    {
        _noValues = new HashSet<string>(set.Words["no-values"], StringComparer.OrdinalIgnoreCase);
        _prose = new HashSet<string>(set.Words["prose"], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What stands before the length of a column or the next rule of a validator: <c>varchar(255</c>, <c>required|min:8</c>.</summary>
    /// <remarks>Types of GraphQL and others end with what says whether they may be absent: <c>String!</c>, <c>string[]</c>.</remarks>
    private static ReadOnlySpan<char> Head(ReadOnlySpan<char> value) =>
        (value.IndexOfAny('(', '|') is > 0 and var end ? value[..end] : value).TrimEnd("!?[]*;");

    public bool IsSecret(SecretName name, ReadOnlySpan<char> value, ValueStyle style)
    {
        if (
            value.Length < 2
            || ValueLook.IsPlaceholder(value)
            || ValueLook.IsSize(value)
            || ValueLook.IsColor(value)
            || style is ValueStyle.Bare or ValueStyle.Setting && StandIn.IsParameter(value)
            || style == ValueStyle.Prose
                && StandIn.IsParameter(value)
                && ValueLook.IsVariable(value[1..].TrimEnd(";,)"))
            || IsLabel(value)
            || style == ValueStyle.Prose && char.IsAsciiDigit(value[0]) && value.Contains('.') && value[1] is ':' or '.'
            || _noValues.GetAlternateLookup<ReadOnlySpan<char>>().Contains(Head(value))
            || IsPath(value)
        )
        {
            return false;
        }

        var look = name.Rule.Value;
        if (look == SecretLook.Any && name.HasTail && style is not ValueStyle.Environment)
        {
            return value.Length >= 6 && ValueLook.HasDigitAndLetter(value) && IsMixed(name, value, style);
        }

        return look switch
        {
            SecretLook.Any => IsPassword(value, style),
            SecretLook.Mixed => IsMixed(name, value, style),
            SecretLook.Parameter when style is not (ValueStyle.Query or ValueStyle.Environment) => false,
            _ => style is ValueStyle.Query or ValueStyle.Environment
                ? value.Length >= 16 && ValueLook.HasDigitAndLetter(value) && !ValueLook.IsNameLike(value)
                : ValueLook.IsRandom(value, 16) && !ValueLook.IsHex(value),
        };
    }

    /// <summary>Whether a word of a table of passwords may be one.</summary>
    public bool MayBeTold(ReadOnlySpan<char> value) =>
        value.Length >= 5
        && !_noValues.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value)
        && !HasKnownWord(value)
        && DrawnWords.MayBeTold(value)
        && !value.ContainsAny(s_code);

    /// <summary>Whether a text of several words is a sentence, or a caption, and no passphrase.</summary>
    /// <param name="isSetting">Of a line <c>name=value</c>, where one word of sentences and a number make a passphrase.</param>
    public bool IsProse(ReadOnlySpan<char> text, bool isSetting = false)
    {
        var (words, known) = (0, 0);
        foreach (var range in text.Split(' '))
        {
            var word = text[range].Trim(".,:;!?()'\"");
            if (word.Length > 0)
            {
                words++;
                known += _prose.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) ? 1 : 0;
            }
        }

        if (isSetting && known == 1 && text.ContainsAnyInRange('0', '9'))
        {
            return false;
        }

        return words >= 2 && known > 0 && (known >= 2 || words <= 4 || known * 5 >= words);
    }

    /// <summary>What asks for a secret, and is none: <c>"Password: "</c>, <c>"New token? "</c>.</summary>
    private static bool IsLabel(ReadOnlySpan<char> value)
    {
        var text = value.TrimEnd(" \t");
        return text.Length > 0
            && text[^1] is ':' or '?' or '>' or '：'
            && (text.Length < value.Length || !text.ContainsAnyInRange('0', '9') && text[^1] is ':' or '：');
    }

    private bool IsPassword(ReadOnlySpan<char> value, ValueStyle style)
    {
        var mixed = ValueLook.HasDigitAndLetter(value) || ValueLook.HasLetter(value) && ValueLook.HasSymbol(value);
        switch (style)
        {
            case ValueStyle.Quoted:
                return value.Length >= 3 && !(value.Contains(' ') && IsProse(value)) && !value.StartsWith("http");
            case ValueStyle.Environment or ValueStyle.Flag or ValueStyle.Query:
                return value.Length >= 3;
            case ValueStyle.Logged when ValueLook.IsVariable(value):
                return value.Length >= 6 && !HasKnownWord(value);
            case ValueStyle.Logged when char.IsUpper(value[0]) && ValueLook.IsDotted(value) && value.Contains('.'):
                return value.Length >= 8 && !HasKnownWord(value[(value.LastIndexOf('.') + 1)..]);
            case ValueStyle.Setting when MadeWord.Of(value, isQuoted: false) != MadeLook.None:
                return true;
            case ValueStyle.Line:
                return value.Length >= 5 && !HasKnownWord(value);
            case ValueStyle.Setting or ValueStyle.Logged:
                return mixed
                    ? value.Length >= 4
                        && (!ValueLook.IsExpression(value) || value.ContainsAnyInRange('0', '9'))
                        && !IsCode(value)
                    : value.Length >= 4 && !ValueLook.IsVariable(value) && !ValueLook.IsExpression(value);
            case ValueStyle.Bare:
                return value.Length >= 6
                    && mixed
                    && !ValueLook.IsExpression(value)
                    && !IsCode(value)
                    && !ValueLook.IsVariable(value);
            default:
                // "password forgotten?" asks.
                value = value.TrimEnd('?');
                mixed = ValueLook.HasDigitAndLetter(value) || ValueLook.HasLetter(value) && ValueLook.HasSymbol(value);
                return value.Length >= 4
                    && (
                        ValueLook.HasDigitAndLetter(value)
                        || mixed && value.Length >= 6 && !value.Contains('/') && !value.Contains('\'')
                    )
                    && (
                        !ValueLook.IsNameLike(value)
                        || ValueLook.IsWordsAndDigits(value)
                        || char.IsUpper(value[0]) && value.ContainsAnyInRange('0', '9') && !value.Contains('/')
                        || ValueLook.IsCapitalJoined(value)
                        || ValueLook.IsWordDotNumber(value)
                    )
                    && (
                        !ValueLook.IsExpression(value)
                        || ValueLook.IsWordsAndDigits(value)
                        || ValueLook.IsWordDotNumber(value)
                    )
                    && !IsCode(value)
                    && !value.EndsWith("(")
                    && !(
                        value.IndexOf('=') is > 0 and var sign
                        && ValueLook.IsIdentifier(value[..sign])
                        && !ValueLook.IsWordSignNumber(value)
                    );
        }
    }

    /// <summary><c>db_password</c>, <c>not_set</c>: what code calls it, or says of it.</summary>
    private bool HasKnownWord(ReadOnlySpan<char> value)
    {
        if (!value.Contains('_'))
        {
            foreach (var known in _noValues)
            {
                if (known.Length > 3 && value.EndsWith(known, StringComparison.OrdinalIgnoreCase))
                {
                    return true; // PasswordHash
                }
            }
        }

        foreach (var range in value.Split('_'))
        {
            var word = value[range];
            // A phrase may have a small word in it, which begins or ends no name.
            var isWithin = range.Start.Value > 0 && range.End.Value < value.Length;
            if (
                word.Length == 0
                || (!isWithin || word.Length > 3) && _noValues.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)
            )
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMixed(SecretName name, ReadOnlySpan<char> value, ValueStyle style)
    {
        var mixed = value.Length >= 8 && ValueLook.HasDigitAndLetter(value) && !ValueLook.IsNameLike(value);
        switch (style)
        {
            case ValueStyle.Environment:
                return value.Length >= 4 && (value.ContainsAnyExceptInRange('0', '9') || value.Length >= 12);
            case ValueStyle.Flag or ValueStyle.Query:
                return mixed
                    || value.Length >= 6
                        && value.ContainsAnyInRange('0', '9')
                        && ValueLook.HasLetter(value)
                        && !ValueLook.IsNameLike(value)
                    || value.Length >= 16 && !ValueLook.IsNameLike(value) && !ValueLook.IsVariable(value);
            case ValueStyle.Quoted when value.Contains(' '):
                return !IsProse(value)
                    && (
                        ValueLook.HasSymbol(value) && value.ContainsAnyInRange('0', '9')
                        || name.IsQualified && IsPhrase(value)
                    );
            case ValueStyle.Quoted:
                return mixed
                    || MadeWord.Of(value, isQuoted: true) == MadeLook.Strong
                    || ValueLook.IsLetterSalad(value)
                    || name.IsQualified && name.Rule.Type == "secret" && (IsPhrase(value) || IsSpokenPhrase(value));
            case ValueStyle.Prose:
                return value.Length >= 10
                    && mixed
                    && !IsCode(value)
                    && !ValueLook.IsExpression(value)
                    && !ValueLook.IsNumberedVariable(value);
            case ValueStyle.Setting
                when MadeWord.Of(value, isQuoted: false) is var look
                    && (
                        look is MadeLook.Strong or MadeLook.Machine
                        || look == MadeLook.Weak && name.IsQualified && value[1..].ContainsAnyInRange('A', 'Z')
                    ):
                return true;
            default:
                return (
                        mixed
                        || value.Length >= 6 && ValueLook.HasDigitAndLetter(value) && !ValueLook.IsNameLike(value)
                        || ValueLook.IsLetterSalad(value)
                    )
                    && !ValueLook.IsExpression(value)
                    && !IsCode(value);
        }
    }

    /// <summary><c>whoLetTheLogsOut</c>: four words or more, none of which is a word of code.</summary>
    private bool IsSpokenPhrase(ReadOnlySpan<char> value)
    {
        var words = 0;
        foreach (var c in value)
        {
            words += char.IsUpper(c) ? 1 : 0;
        }

        return words >= 3 && ValueLook.IsVariable(value) && !value.Contains('_') && !HasKnownWord(value);
    }

    /// <summary>Words as a phrase, or a long one: what people write where a secret is due.</summary>
    private static bool IsPhrase(ReadOnlySpan<char> value) =>
        value.Length >= 8
        && (value.Contains(' ') || value.Contains('-'))
        && value.Count('-') + value.Count(' ') is >= 1 and <= 8
        && !value.Contains('.')
        && !value.Contains('/')
        && value.Count(' ') != value.Length;

    private static bool IsPath(ReadOnlySpan<char> value) =>
        value.StartsWith("/") && value[1..].Contains('/') && !IsBase64(value)
        || value.StartsWith("./")
        || value.StartsWith("../")
        || value.StartsWith("@/")
        || value.StartsWith("@./")
        || value is ['@', .., '.', 't', 'x', 't']
        || value.StartsWith("ssh-rsa ")
        || value.StartsWith("ssh-ed25519 ")
        || value.StartsWith("ecdsa-sha2-")
        || value.StartsWith("~/")
        || value.StartsWith("http://")
        || value.StartsWith("https://")
        || value.StartsWith("file:")
        || value.StartsWith("/run")
        || value.StartsWith("/etc");

    /// <summary>As long as no path without a dot, a hyphen or an underscore, and with capitals and digits in it.</summary>
    private static bool IsBase64(ReadOnlySpan<char> value) =>
        (value.Length >= 32 || value.Length >= 20 && (value.Contains('+') || value[^1] == '='))
        && !value.ContainsAny(".-_ ")
        && value.ContainsAnyInRange('A', 'Z')
        && value.ContainsAnyInRange('a', 'z')
        && value.ContainsAnyInRange('0', '9');

    private static bool IsCode(ReadOnlySpan<char> value) =>
        value.StartsWith("&") && ValueLook.IsIdentifier(value[1..])
        || value.EndsWith("()")
        || value.Contains("=>", StringComparison.Ordinal)
        || value.Contains("==", StringComparison.Ordinal) && !value.EndsWith("==")
        || value.StartsWith("|")
        || value.Contains(" ??", StringComparison.Ordinal)
        || value.Contains(" ||", StringComparison.Ordinal)
        || value.StartsWith("==")
        || value.StartsWith("!=");
}
