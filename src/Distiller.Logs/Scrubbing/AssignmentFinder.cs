using System.Buffers;
using System.Buffers.Text;

namespace Distiller.Logs.Scrubbing;

/// <summary>
/// Values that are secret by the name they are assigned to: <c>password = "…"</c>, <c>DB_PASSWORD=…</c>,
/// <c>"apiKey": "…"</c>, and the headers <c>Authorization: Bearer …</c> and <c>Basic …</c>.
/// </summary>
internal static class AssignmentFinder
{
    private const string Password = "password";
    private const string Secret = "secret";
    private const int ValueMax = 512;
    private const int GapMax = 16;

    /// <summary>Longest first where one begins another.</summary>
    private static readonly (string Name, string Type)[] Names =
    [
        ("secret_access_key", Secret),
        ("secretaccesskey", Secret),
        ("secret-access-key", Secret),
        ("sharedaccesskey", Secret),
        ("secret_key", Secret),
        ("secret-key", Secret),
        ("secretkey", Secret),
        ("private_key", Secret),
        ("privatekey", Secret),
        ("access_key", Secret),
        ("access-key", Secret),
        ("accesskey", Secret),
        ("account_key", Secret),
        ("accountkey", Secret),
        ("api_key", Secret),
        ("api-key", Secret),
        ("apikey", Secret),
        ("passphrase", Password),
        ("password", Password),
        ("passwd", Password),
        ("pwd", Password),
        ("secret", Secret),
        ("token", Secret),
    ];

    private static readonly SearchValues<string> Anchors = SearchValues.Create(
        [.. Names.Select(n => n.Name), "bearer ", "basic "],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<char> HeaderToken = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-"
    );

    private static readonly SearchValues<char> BareEnd = SearchValues.Create(" \t\r\n\"'`,;&()<>{}[]|\\");

    public static void Find(string text, List<SecretFinding> findings)
    {
        var at = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny(Anchors) is >= 0 and var skip)
        {
            at += skip;
            at =
                Starts(text, at, "bearer ") || Starts(text, at, "basic ")
                    ? Header(text, at, findings)
                    : Assignment(text, at, findings);
        }
    }

    /// <summary>The type of secret that a JSON member of this name holds; null where the value looks harmless.</summary>
    public static string? TypeOfMember(string member, string value)
    {
        foreach (var (name, type) in Names)
        {
            if (member.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return IsQuotedSecret(value, type) ? type : null;
            }
        }

        return null;
    }

    private static int Header(string text, int at, List<SecretFinding> findings)
    {
        var bearer = Starts(text, at, "bearer ");
        var start = at + (bearer ? "bearer " : "basic ").Length;
        var ahead = text.AsSpan(start);
        var stop = ahead.IndexOfAnyExcept(HeaderToken);
        var token = stop < 0 ? ahead : ahead[..stop];
        var fits = bearer
            ? token.Length >= 16
                && token.ContainsAnyInRange('0', '9')
                && !token.StartsWith("eyJ", StringComparison.Ordinal)
            : IsBasic(token);
        if (bearer && token.StartsWith("eyJ", StringComparison.Ordinal))
        {
            return start; // TokenFinder finds web tokens.
        }

        if (fits)
        {
            findings.Add(new SecretFinding(start, token.Length, bearer ? "bearer" : "basic-auth"));
            return start + token.Length;
        }

        return start;
    }

    /// <summary>Base64 of <c>user:password</c>.</summary>
    private static bool IsBasic(ReadOnlySpan<char> token)
    {
        if (token.Length is < 8 or > ValueMax || !Base64.IsValid(token))
        {
            return false;
        }

        Span<byte> decoded = stackalloc byte[ValueMax];
        return Convert.TryFromBase64Chars(token, decoded, out var count)
            && decoded[..count].Contains((byte)':')
            && !decoded[..count].ContainsAnyInRange((byte)0, (byte)31);
    }

    private static int Assignment(string text, int at, List<SecretFinding> findings)
    {
        var (name, type) = Array.Find(Names, n => Starts(text, at, n.Name));
        var after = at + name.Length;
        var isUpperCase = !text.AsSpan(at, name.Length).ContainsAnyInRange('a', 'z');
        var sign = Sign(text, after);
        if (sign < 0)
        {
            return after;
        }

        var colon = text[sign] == ':';
        var start = sign + 1;
        if (start < text.Length && text[start] is '=' or '>')
        {
            start++; // := and =>
        }

        var spaced = start < text.Length && text[start] is ' ' or '\t';
        start = Skip(text, start, " \t");
        var quoteAt = Skip(text, start, "\\");
        if (quoteAt < text.Length && text[quoteAt] is '"' or '\'' or '`')
        {
            return Quoted(text, quoteAt, type, findings);
        }

        var ahead = text.AsSpan(start, Math.Min(ValueMax, text.Length - start));
        var stop = ahead.IndexOfAny(BareEnd);
        var value = stop < 0 ? ahead : ahead[..stop];
        var isCall = stop >= 0 && ahead[stop] is '(' or '[';
        if (!isCall && IsBareSecret(value, isUpperCase && !colon && !spaced))
        {
            findings.Add(new SecretFinding(start, value.Length, type));
            return start + value.Length;
        }

        return after;
    }

    private static int Quoted(string text, int quoteAt, string type, List<SecretFinding> findings)
    {
        var start = quoteAt + 1;
        var ahead = text.AsSpan(start, Math.Min(ValueMax, text.Length - start));
        var stop = ahead.IndexOf(text[quoteAt]);
        if (stop < 0)
        {
            return start;
        }

        var value = ahead[..stop].TrimEnd('\\'); // The closing quote may be escaped, in JSON within JSON.
        if (IsQuotedSecret(value, type))
        {
            findings.Add(new SecretFinding(start, value.Length, type));
            return start + value.Length;
        }

        return start;
    }

    private static bool IsQuotedSecret(ReadOnlySpan<char> value, string type)
    {
        if (value.IndexOfAny(" \t\r\n") >= 0 || Placeholders.IsPlaceholder(value) || value.IndexOfAny("(){}") >= 0)
        {
            return false;
        }

        // Any word may be a password; a token has the look of one.
        return type == Password ? value.Length >= 4 : value.Length >= 8 && HasDigitAndLetter(value);
    }

    /// <summary>Whether a value without quotes is meant literally and looks like a secret.</summary>
    /// <param name="isUpperCase">An upper-case name and no blanks, as in an environment file: any value is meant literally.</param>
    private static bool IsBareSecret(ReadOnlySpan<char> value, bool isUpperCase) =>
        !Placeholders.IsPlaceholder(value)
        && value[0] is not ('/' or '.' or '~' or '@')
        && !value.Contains("://", StringComparison.Ordinal)
        && (isUpperCase ? value.Length >= 4 : value.Length >= 6 && HasDigitAndLetter(value) && !IsExpression(value));

    private static bool HasDigitAndLetter(ReadOnlySpan<char> value)
    {
        var letter = false;
        foreach (var c in value)
        {
            letter |= char.IsAsciiLetter(c);
        }

        return letter && value.ContainsAnyInRange('0', '9');
    }

    /// <summary><c>config.token2</c>, <c>self.key_1</c>: names joined by dots, as code has them.</summary>
    private static bool IsExpression(ReadOnlySpan<char> value)
    {
        var dot = value.IndexOf('.');
        return dot > 0 && !value[..dot].ContainsAnyInRange('0', '9');
    }

    /// <summary>Where the colon or equals sign stands behind a name; -1 where there is none.</summary>
    private static int Sign(string text, int after)
    {
        var at = after;
        var end = Math.Min(text.Length, after + GapMax);
        while (at < end && text[at] is '\\' or '"' or '\'' or '`' or ']')
        {
            at++;
        }

        while (at < end && text[at] is ' ' or '\t')
        {
            at++;
        }

        // == compares.
        return at < end && text[at] is ':' or '=' && !(at + 1 < text.Length && text[at] == '=' && text[at + 1] == '=')
            ? at
            : -1;
    }

    private static int Skip(string text, int at, string what)
    {
        var end = Math.Min(text.Length, at + GapMax);
        while (at < end && what.Contains(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool Starts(string text, int at, string name) =>
        text.AsSpan(at).StartsWith(name, StringComparison.OrdinalIgnoreCase);
}
