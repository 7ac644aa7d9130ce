using System.Buffers;
using System.Text.RegularExpressions;

namespace Distiller.Scrubbing.Names;

/// <summary>How surely a word was made up as a secret, judged by its characters alone.</summary>
internal enum MadeLook
{
    /// <summary>A word of a language, a name of code, a number.</summary>
    None,

    /// <summary><c>dragonfly7</c>, <c>copper-lantern-92</c>: things are called so, too.</summary>
    Weak,

    /// <summary><c>Ptarmigan_88!</c>, <c>marmalade4breakfast</c>: nothing else is.</summary>
    Strong,

    /// <summary>A long run without words: a key.</summary>
    Machine,
}

/// <summary>Tells passwords that people think up, and keys, from the other words of a sentence.</summary>
internal static partial class MadeWord
{
    private const int LengthLeast = 7;
    private const int LengthMost = 64;
    private const int MachineLeast = 20;
    private const int MachineLower = 28;

    private static readonly SearchValues<char> s_code = SearchValues.Create(" \t(){}[]<>\"`\\|;:,/\u00AB\u00BB");
    private static readonly SearchValues<char> s_symbols = SearchValues.Create("!@#$%^&*+=?~\u20AC\u00A7");
    private static readonly SearchValues<char> s_joints = SearchValues.Create("-_");
    private static readonly SearchValues<char> s_marks = SearchValues.Create("0123456789!@#$%^&*+=?~\u20AC\u00A7-_.");
    private static readonly SearchValues<char> s_key = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-"
    );

    /// <summary>Technical words with a digit among their letters.</summary>
    private static readonly SearchValues<string> s_technical = SearchValues.Create(
        [
            .. (
                "oauth2 oauth1 base64 base32 base58 sha1 sha2 sha3 sha5 md5 utf8 utf16 utf-8 http2 http3 ipv4 ipv6 x509 h264 "
                + "h265 log4 neo4 web3 i18n l10n a11y k8s e2e p2p b2b x86 x64 arm64 amd64 win32 win64 int8 int16 int32 int64 "
                + "float16 float32 float64 es256 rs256 hs256 aes128 aes256 ed25519 x25519 pbkdf2 argon2 pkcs ec2 rds vue3 "
                + "python3 python2 pip3 node1 node2 java1 java2 php7 php8 s3 gpt llama qwen claude gemma phi3 phi4 mp3 mp4 "
                + "html5 css3 es6 es2 fido2 tls1 ssl3 smtp2 sqlite3 postgres1 mysql8 mysql5 redis7 bz2 gzip2 lz4 7zip win10 "
                + "win11 win7 r2d2 f5 o365 m365 office365 auth0 1password c99 c11 c17 cpp e5 bge 2fa mfa"
            ).Split(' '),
        ],
        StringComparison.OrdinalIgnoreCase
    );

    /// <summary>Looks at a word of at most 64 characters, or at a longer key.</summary>
    /// <param name="isQuoted">What stands at its end belongs to it, too.</param>
    public static MadeLook Of(ReadOnlySpan<char> word, bool isQuoted)
    {
        if (word.Length < LengthLeast || ValueLook.IsPlaceholder(word))
        {
            return MadeLook.None;
        }

        if (IsMachine(word))
        {
            return MadeLook.Machine;
        }

        if (!word.ContainsAny(s_marks))
        {
            return MadeLook.None; // Most words: what follows takes longer.
        }

        if (
            word.Length > LengthMost
            || word.ContainsAny(s_code)
            || !(char.IsLetterOrDigit(word[0]) || isQuoted && s_symbols.Contains(word[0]))
            || word[^1] is ':'
            || IsTechnical(word)
            || word.Contains("..", StringComparison.Ordinal)
            || word.Contains("'@", StringComparison.Ordinal)
            || Address().IsMatch(word)
            || Shortcut().IsMatch(word)
        )
        {
            return MadeLook.None;
        }

        var (letters, digits, upper, lower) = (0, 0, 0, 0);
        foreach (var c in word)
        {
            letters += char.IsLetter(c) ? 1 : 0;
            upper += char.IsUpper(c) ? 1 : 0;
            lower += char.IsLower(c) ? 1 : 0;
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        if (letters < 4)
        {
            return MadeLook.None;
        }

        if (HasSymbolWithin(word, isQuoted) && (digits > 0 || upper > 0 && lower > 0))
        {
            return MadeLook.Strong;
        }

        // A sign at the end may be the sentence's own.
        word = word.TrimEnd("!?*");
        if (digits > 0 && Numbered().IsMatch(word) || Identifier().IsMatch(word))
        {
            return MadeLook.None;
        }

        if (upper > 0 && lower > 1 && digits > 0 && word.ContainsAny(s_joints) && letters >= 6)
        {
            return DigitWithin().IsMatch(word) || Capitals().IsMatch(word) ? MadeLook.Strong : MadeLook.Weak;
        }

        return letters >= 5 && DigitWithin().IsMatch(word) && !IsHex(word) ? MadeLook.Strong
            : Capitals().IsMatch(word) ? MadeLook.Strong
            : digits > 0 && WordAndNumber().IsMatch(word) ? MadeLook.Weak
            : upper > 0 && lower > 0 && InnerCapital().IsMatch(word) ? MadeLook.Weak
            : MadeLook.None;
    }

    /// <summary><c>dragonfly7</c>: one word and a number.</summary>
    public static bool IsWordAndNumber(ReadOnlySpan<char> word) => OneWordAndNumber().IsMatch(word);

    /// <summary>
    /// <c>ducks-in-a-row</c>, <c>sevenGreenBottles</c>: what things and names of code are called as well, so that only a
    /// sentence can say it.
    /// </summary>
    public static bool MayBeTold(ReadOnlySpan<char> word)
    {
        word = word.TrimEnd("!");
        return word.Length >= LengthLeast
            && (
                Joined().IsMatch(word) && !SaidOfThings().IsMatch(word)
                || Camel().IsMatch(word) && !OfCode().IsMatch(word)
            );
    }

    /// <summary>Letters and digits of a key, with a name of its vendor before them or not.</summary>
    private static bool IsMachine(ReadOnlySpan<char> word)
    {
        if (
            word.Length < MachineLeast
            || word.ContainsAnyExcept(s_key)
            || ValueLook.IsUuid(word)
            || word[0] == '/'
            || word.Contains('/') && word.ContainsAny('-', '_')
        )
        {
            return false;
        }

        var run = word[(word.LastIndexOfAny('-', '_') + 1)..];
        if (run.Length >= MachineLower && IsLowerMixture(run))
        {
            return true;
        }

        return IsHex(run)
            ? run.Length is 26 or 32 or 40 or 48 or 56 or 64 or 96 or 128 or 34 && ValueLook.HasDigitAndLetter(run)
            : IsMixed(run) && ValueLook.IsRandom(run, MachineLeast)
                || IsMixed(word) && ValueLook.IsRandom(word, MachineLeast);
    }

    /// <summary>Begins with such a word, or a part of it does.</summary>
    private static bool IsTechnical(ReadOnlySpan<char> word)
    {
        for (var at = 0; at < word.Length && word[at..].IndexOfAny(s_technical) is >= 0 and var skip; at += skip + 1)
        {
            if (at + skip == 0 || !char.IsLetterOrDigit(word[at + skip - 1]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Small letters and digits in turn.</summary>
    private static bool IsLowerMixture(ReadOnlySpan<char> word)
    {
        var digits = 0;
        foreach (var c in word)
        {
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return digits >= 3
            && !IsHex(word)
            && !word.StartsWith("0x")
            && !word.ContainsAnyInRange('A', 'Z')
            && ValueLook.IsRandom(word, MachineLower);
    }

    private static bool IsMixed(ReadOnlySpan<char> word) =>
        word.IndexOfAnyInRange('0', '9') is >= 0 and var digit
        && word[(digit + 1)..].ContainsAnyInRange('0', '9')
        && word.ContainsAnyInRange('a', 'z')
        && word.ContainsAnyInRange('A', 'Z');

    private static bool IsHex(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (!char.IsAsciiHexDigit(c) && c != '-')
            {
                return false;
            }
        }

        return !(word.ContainsAnyInRange('a', 'f') && word.ContainsAnyInRange('A', 'F'));
    }

    /// <summary>A sign that joins no names: not that of an assignment, of a reference (<c>issue#12</c>) or of an escape (<c>%2B</c>).</summary>
    private static bool HasSymbolWithin(ReadOnlySpan<char> word, bool isQuoted)
    {
        for (var i = isQuoted ? 0 : 1; i < word.Length - (isQuoted ? 0 : 1); i++)
        {
            if (!s_symbols.Contains(word[i]))
            {
                continue;
            }

            var rest = word[(i + 1)..];
            var isName = word[i] switch
            {
                '=' => !isQuoted || word.IndexOf('=') == word.Length - 1,
                '#' => rest.Length > 0 && !rest.TrimEnd(".!?").ContainsAnyExceptInRange('0', '9'),
                '%' => rest.Length >= 2 && char.IsAsciiHexDigit(rest[0]) && char.IsAsciiHexDigit(rest[1])
                    || i > 0 && char.IsAsciiDigit(word[i - 1]),
                '+' => rest.Length == 0 || rest[0] == '+',
                '*' or '?' => !isQuoted && !word.ContainsAnyInRange('0', '9'),
                '!' => rest is ['=', ..],
                _ => false,
            };
            if (isName)
            {
                return false;
            }

            return true;
        }

        return false;
    }

    /// <summary><c>user@host</c>, <c>pkg@1.2</c>.</summary>
    [GeneratedRegex(
        """^[\w.+-]+@[\w-]*\.[\w.-]+$|^[a-z][\w.-]*@[\d^~]|^[a-z_][\w-]*@[a-z][\w-]*$""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Address();

    /// <summary>Names that are counted, versions, units, dates and references.</summary>
    [GeneratedRegex(
        """^(?i:v|ver|version|test|tests|user|step|node|host|srv|server|web|db|app|prod|dev|stage|staging|item|part|page|file|line|row|col|level|phase|key|id|num|type|model|group|team|task|issue|bug|rev|build|release|section|chapter|table|figure|fig|example|sample|option|case|round|day|week|worker|pod|slot|port|bucket|shard|disk|eth|vlan|room|floor|ticket|order|account|client|customer|admin|demo|guest|player|agent|attempt|try|error|code|http|status|exit|layer|block|rule|cluster|region|zone|rack|switch|router|printer|scanner|camera|laptop|desktop|windows|ubuntu|debian|fedora|iphone|android|python|ruby|java|golang|tab|thread|session|token|secret|password|passwd|pass|login|arg|argument|field|column|param|parameter|input|output|variable|value|attribute|adapter|interface|method|function|class|component|module|service|endpoint|plan|stack|version|variant)[-_.#]?\d+(?:[-_.]\w+)*$|^\d+(?:[.,:x-]\d+)*[a-zA-Z%°]{0,8}$|^[A-Z]{2,6}-\d+$|^\d{4}-\d\d|^[a-z]{2,8}_[A-Za-z0-9]{10,}$|^[\w-]+\.(?:[a-z]{2,4}|java|json|yaml|toml|conf|html|service|socket|timer)\d?$""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Numbered();

    /// <summary>Small words joined by underscores, or with capitals within: names of code.</summary>
    [GeneratedRegex(
        """^[a-z]+\d{0,2}(?:_[a-z]+\d?)+$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$|^[a-z]+(?:[A-Z][a-z]+)+\d{0,2}$|^(?:[A-Z][a-z]+){2,}\d{0,2}$|^[a-z]+(?:\.[a-z_]+)+$""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Identifier();

    /// <summary><c>C0balt</c>, <c>mike4golf7zulu</c>.</summary>
    [GeneratedRegex("""\p{L}\d{1,4}\p{L}{2}|\p{L}{2}\d{1,4}\p{L}|\p{L}\d\p{L}\d""", RegexOptions.CultureInvariant)]
    private static partial Regex DigitWithin();

    /// <summary><c>Orchid.Tuesday.41</c>, <c>hedgehog-Umbrella-17</c>, <c>Himbeer_Eis3</c>: joined, with a capital and a number.</summary>
    [GeneratedRegex(
        """^(?=.*\p{Lu})(?=.*\p{Ll}{2})\p{L}{2,}(?:[-_.&+]\p{L}{2,})+[-_.&+]?\d{1,4}$|^\p{Lu}\p{Ll}{3,}_\d{1,4}$""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Capitals();

    /// <summary><c>dragonfly7</c>, <c>copper-lantern-92</c>, <c>Fujisan-3776</c>.</summary>
    [GeneratedRegex("""^\p{L}{2,}(?:[-_.&+]?\p{L}{2,})*[-_.]?\d{1,6}$""", RegexOptions.CultureInvariant)]
    private static partial Regex WordAndNumber();

    [GeneratedRegex("""^\p{L}{6,}\d{1,6}$""", RegexOptions.CultureInvariant)]
    private static partial Regex OneWordAndNumber();

    [GeneratedRegex("""^\p{L}{2,}(?:-\p{L}+){2,}$""", RegexOptions.CultureInvariant)]
    private static partial Regex Joined();

    [GeneratedRegex("""^\p{Ll}{3,}(?:\p{Lu}\p{Ll}{2,}){1,}\d{0,4}$""", RegexOptions.CultureInvariant)]
    private static partial Regex Camel();

    [GeneratedRegex(
        """(?i:date|end|sensitive|known|text|only|time|use|empty|based|specific|safe|proof|free|level|side|wide|able|art|box|band|way|ed|factor|length|case|data|file)$|(?i:^non-|^un|^pre-|^auto-|^self-|^multi-|^end-to|^up-to|^out-of|^case-)""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex SaidOfThings();

    [GeneratedRegex(
        """(?i:pass|word|pwd|token|secret|key|user|name|config|env|auth|login|value|field|input|get|set|has|is[A-Z]|manager|service|hash|code|id$|url|path|file|type|error|client|server|data|script|hub|lab$|sql)""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex OfCode();

    /// <summary>Keys that are pressed together.</summary>
    [GeneratedRegex(
        """^(?:Ctrl|Control|Alt|Shift|Cmd|Command|Option|Meta|Win|Fn)[+-]""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Shortcut();

    /// <summary><c>fjord_and_Ferry</c>, <c>Papagei-Gold</c>, <c>q3-Figures-final</c>, <c>Schnecke.im.Garten</c>, <c>Rugbrød-med-sild</c>.</summary>
    [GeneratedRegex(
        """^[\p{L}\d]{2,}(?:[-_&+][\p{L}\d]+)*[-_&+]\p{Lu}[\p{L}\d]*(?:[-_&+][\p{L}\d]+)*$|^\p{Lu}\p{Ll}+(?:\.\p{Ll}+)+\.\p{Lu}\p{Ll}+$|^\p{Lu}\p{Ll}+(?:[-_]\p{Ll}{2,}){2,}$""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex InnerCapital();
}
