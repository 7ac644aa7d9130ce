using System.Buffers;

namespace Distiller.Logs.Scrubbing;

/// <summary>Credentials with a well-known beginning: API keys, web tokens, private keys, credentials in URLs.</summary>
internal static class TokenFinder
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string ApiKey = "api-key";
    private const string Pem = "-----BEGIN";
    private const string Scheme = "://";
    private const string Jwt = "eyJ";

    private static readonly SearchValues<char> Plain = SearchValues.Create(Alphanumeric);
    private static readonly SearchValues<char> Underscored = SearchValues.Create(Alphanumeric + "_");
    private static readonly SearchValues<char> Dashed = SearchValues.Create(Alphanumeric + "_-");
    private static readonly SearchValues<char> Dotted = SearchValues.Create(Alphanumeric + "_-.");
    private static readonly SearchValues<char> Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> Base64 = SearchValues.Create(Alphanumeric + "+/");
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> UrlEnd = SearchValues.Create("/?# \t\r\n\"'<>\\`,;|");

    private static readonly TokenRule[] Rules =
    [
        new("sk-", ApiKey, Dashed, 17, NeedsDigit: true),
        new("sk_live_", ApiKey, Underscored, 16),
        new("sk_test_", ApiKey, Underscored, 16),
        new("rk_live_", ApiKey, Underscored, 16),
        new("ghp_", ApiKey, Plain, 30),
        new("gho_", ApiKey, Plain, 30),
        new("ghu_", ApiKey, Plain, 30),
        new("ghs_", ApiKey, Plain, 30),
        new("ghr_", ApiKey, Plain, 30),
        new("github_pat_", ApiKey, Underscored, 30),
        new("glpat-", ApiKey, Dashed, 16),
        new("npm_", ApiKey, Plain, 30),
        new("hf_", ApiKey, Plain, 28),
        new("pypi-", ApiKey, Dashed, 40),
        new("AIza", ApiKey, Dashed, 30),
        new("ya29.", ApiKey, Dashed, 20),
        new("SG.", ApiKey, Dotted, 40),
        new("dop_v1_", ApiKey, Plain, 40),
        new("xoxa-", ApiKey, Dashed, 10),
        new("xoxb-", ApiKey, Dashed, 10),
        new("xoxp-", ApiKey, Dashed, 10),
        new("xoxr-", ApiKey, Dashed, 10),
        new("xoxs-", ApiKey, Dashed, 10),
        new("xapp-", ApiKey, Dashed, 10),
        new("AKIA", "aws-key", Upper, 16),
        new("ASIA", "aws-key", Upper, 16),
    ];

    private static readonly SearchValues<string> Anchors = SearchValues.Create(
        [.. Rules.Select(r => r.Anchor), Pem, Scheme, Jwt],
        StringComparison.Ordinal
    );

    public static void Find(string text, List<SecretFinding> findings)
    {
        var at = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny(Anchors) is >= 0 and var skip)
        {
            at += skip;
            at = At(text, at, findings);
        }
    }

    /// <summary>Looks at one anchor and returns where to go on: always further.</summary>
    private static int At(string text, int at, List<SecretFinding> findings)
    {
        var here = text.AsSpan(at);
        if (here.StartsWith(Pem, StringComparison.Ordinal))
        {
            return PrivateKey(text, at, findings);
        }

        if (here.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return UrlCredentials(text, at, findings);
        }

        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]))
        {
            return at + 1;
        }

        if (here.StartsWith(Jwt, StringComparison.Ordinal))
        {
            return WebToken(text, at, findings);
        }

        foreach (var rule in Rules)
        {
            if (here.StartsWith(rule.Anchor, StringComparison.Ordinal))
            {
                return Token(text, at, rule, findings);
            }
        }

        return at + 1;
    }

    private static int Token(string text, int at, TokenRule rule, List<SecretFinding> findings)
    {
        var start = at + rule.Anchor.Length;
        var length = Run(text, start, rule.Alphabet);
        var run = text.AsSpan(start, length);
        var fits =
            length >= rule.Length
            && (!rule.NeedsDigit || run.ContainsAnyInRange('0', '9'))
            && (rule.Alphabet != Upper || length == rule.Length);
        if (fits)
        {
            findings.Add(new SecretFinding(at, rule.Anchor.Length + length, rule.Type));
            return rule.Alphabet == Upper ? AwsSecret(text, start + length, findings) : start + length;
        }

        // A long run that is no key is skipped whole: measuring it again at each anchor inside it would take quadratic time.
        return length > 64 ? start + length : at + 1;
    }

    /// <summary>The secret that belongs to an AWS key id stands close behind it: 40 characters of base64.</summary>
    private static int AwsSecret(string text, int from, List<SecretFinding> findings)
    {
        const int near = 80;
        const int secretLength = 40;
        for (var at = from; at < Math.Min(text.Length, from + near); )
        {
            var length = Run(text, at, Base64);
            if (length == secretLength && text.AsSpan(at, length).ContainsAnyExcept(Hex))
            {
                findings.Add(new SecretFinding(at, length, "aws-secret"));
                return at + length;
            }

            at += Math.Max(1, length);
        }

        return from;
    }

    private static int WebToken(string text, int at, List<SecretFinding> findings)
    {
        var first = Run(text, at, Dashed);
        var dot = at + first;
        if (first >= 12 && dot < text.Length && text[dot] == '.')
        {
            var second = Run(text, dot + 1, Dashed);
            var end = dot + 1 + second;
            if (second >= 10 && end < text.Length && text[end] == '.')
            {
                end += 1 + Run(text, end + 1, Dashed);
                findings.Add(new SecretFinding(at, end - at, "jwt"));
                return end;
            }
        }

        return first > 64 ? dot : at + 1;
    }

    private static int PrivateKey(string text, int at, List<SecretFinding> findings)
    {
        const string kind = "PRIVATE KEY";
        const int kindWithin = 48;
        const string close = "-----END";
        var label = text.AsSpan(at, Math.Min(kindWithin, text.Length - at));
        if (label.IndexOf(kind, StringComparison.Ordinal) < 0)
        {
            return at + Pem.Length;
        }

        var closing = text.IndexOf(close, at, StringComparison.Ordinal);
        var end = text.Length; // A truncated key is hidden as well.
        if (closing >= 0)
        {
            var dashes = text.IndexOf("-----", closing + close.Length, StringComparison.Ordinal);
            end = dashes < 0 ? text.Length : dashes + 5;
        }

        findings.Add(new SecretFinding(at, end - at, "private-key"));
        return end;
    }

    /// <summary><c>scheme://user:password@host</c>: the part before the at sign goes.</summary>
    private static int UrlCredentials(string text, int at, List<SecretFinding> findings)
    {
        const int authorityMax = 512;
        var start = at + Scheme.Length;
        var ahead = text.AsSpan(start, Math.Min(authorityMax, text.Length - start));
        var end = ahead.IndexOfAny(UrlEnd);
        var authority = end < 0 ? ahead : ahead[..end];
        var sign = authority.LastIndexOf('@');
        if (sign > 0)
        {
            var user = authority[..sign];
            var colon = user.IndexOf(':');
            var password = colon < 0 ? user : user[(colon + 1)..];
            var secret =
                colon < 0 ? password.Length >= 20 && password.ContainsAnyInRange('0', '9') : password.Length > 0;
            if (secret && !Placeholders.IsPlaceholder(password))
            {
                findings.Add(new SecretFinding(start, sign, "url-credentials"));
                return start + sign;
            }
        }

        return start;
    }

    private static int Run(string text, int start, SearchValues<char> alphabet)
    {
        if (start >= text.Length)
        {
            return 0;
        }

        var length = text.AsSpan(start).IndexOfAnyExcept(alphabet);
        return length < 0 ? text.Length - start : length;
    }
}

/// <summary>A kind of credential that is recognised by how it begins.</summary>
/// <param name="Length">Of what follows the anchor, at least.</param>
/// <param name="NeedsDigit">Whether it must hold a digit, where words could look alike.</param>
internal sealed record TokenRule(
    string Anchor,
    string Type,
    SearchValues<char> Alphabet,
    int Length,
    bool NeedsDigit = false
);
