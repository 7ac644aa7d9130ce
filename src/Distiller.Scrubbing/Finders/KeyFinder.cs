using System.Buffers;

namespace Distiller.Scrubbing.Finders;

/// <summary>Private keys in PEM and PuTTY files, web tokens, the secret behind an AWS key id, and these in base64.</summary>
internal sealed class KeyFinder(FinderTypes types)
{
    private const string Pem = "-----BEGIN";
    private const string Jwt = "eyJ";
    private const string Putty = "Private-Lines:";
    private const int EncodedLeast = 40;
    private const int DecodedMost = 8192;

    private static readonly string[] s_encodedPem =
    [
        "LS0tLS1CRUdJTi",
        "S0tLS1CRUdJTi",
        "tLS0tQkVHSU4g",
        "LS0tLUJFR0lOI",
    ];
    private static readonly string[] s_encodedJson = ["ewog", "ewoJ", "eyAi"];
    private static readonly string[] s_awsKeys = ["AKIA", "ASIA"];
    private static readonly string[] s_secretWords =
    [
        "PRIVATE KEY",
        "\"auth\"",
        "\"auths\"",
        "private_key",
        "password",
        "client_secret",
    ];

    /// <summary>One of these stands in every text in which something is found.</summary>
    public static IReadOnlyList<string> Anchors { get; } =
    [Pem, Jwt, Putty, .. s_encodedPem, .. s_encodedJson, .. s_awsKeys];

    private static readonly SearchValues<string> s_anchors = SearchValues.Create(
        [.. Anchors],
        StringComparison.Ordinal
    );

    private static readonly SearchValues<char> s_url = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
    );

    private static readonly SearchValues<char> s_base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    );

    public void Find(string text, List<SecretFinding> findings)
    {
        var at = 0;
        // Where the run of a token's characters ends that was measured last: many anchors may stand in one run.
        var runEnd = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny(s_anchors) is >= 0 and var skip)
        {
            at += skip;
            at = At(text, at, ref runEnd, findings);
        }
    }

    private int At(string text, int at, ref int runEnd, List<SecretFinding> findings)
    {
        var here = text.AsSpan(at);
        if (here.StartsWith(Pem, StringComparison.Ordinal))
        {
            return PrivateKey(text, at, findings);
        }

        if (here.StartsWith(Putty, StringComparison.Ordinal))
        {
            return PuttyLines(text, at, findings);
        }

        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]) && !(at > 1 && text[at - 2] == '\\'))
        {
            return at + 1;
        }

        if (
            here.StartsWith(s_awsKeys[0], StringComparison.Ordinal)
            || here.StartsWith(s_awsKeys[1], StringComparison.Ordinal)
        )
        {
            return AwsSecret(text, at, findings);
        }

        return here.StartsWith(Jwt, StringComparison.Ordinal)
            ? WebToken(text, at, ref runEnd, findings)
            : Encoded(text, at, findings);
    }

    private int PrivateKey(string text, int at, List<SecretFinding> findings)
    {
        const string kind = "PRIVATE KEY";
        const int kindWithin = 48;
        const string close = "-----END";
        var label = text.AsSpan(at, Math.Min(kindWithin, text.Length - at));
        if (label.IndexOf(kind, StringComparison.Ordinal) < 0 || types["private-key"] is not { } type)
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

        findings.Add(new SecretFinding(at, end - at, type));
        return end;
    }

    /// <summary>The lines between <c>Private-Lines: N</c> and <c>Private-MAC:</c>.</summary>
    private int PuttyLines(string text, int at, List<SecretFinding> findings)
    {
        const string close = "Private-MAC:";
        var line = text.IndexOf('\n', at);
        var start = line < 0 ? -1 : line + 1;
        if (start < 0 || types["private-key"] is not { } type)
        {
            return at + Putty.Length;
        }

        var closing = text.IndexOf(close, start, StringComparison.Ordinal);
        var end = closing < 0 ? text.Length : closing;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        if (end > start)
        {
            findings.Add(new SecretFinding(start, end - start, type));
        }

        return Math.Max(end, at + Putty.Length);
    }

    /// <summary>The secret that belongs to an AWS key id stands close behind it: 40 characters of base64.</summary>
    private int AwsSecret(string text, int at, List<SecretFinding> findings)
    {
        const int near = 80;
        const int idLength = 20;
        const int secretLength = 40;
        var from = at + idLength;
        if (types["aws-secret"] is not { } type || Run(text, at, s_base64) != idLength)
        {
            return at + 1;
        }

        for (var i = from; i < Math.Min(text.Length, from + near); )
        {
            var length = Run(text, i, s_base64);
            var run = text.AsSpan(i, length);
            if (length == secretLength + 1 && run[0] == '=')
            {
                (i, length) = (i + 1, secretLength);
                run = run[1..];
            }

            if (length == secretLength && !Names.ValueLook.IsHex(run))
            {
                findings.Add(new SecretFinding(i, length, type));
                return i + length;
            }

            i += Math.Max(1, length);
        }

        return from;
    }

    private int WebToken(string text, int at, ref int runEnd, List<SecretFinding> findings)
    {
        runEnd = runEnd > at ? runEnd : at + Run(text, at, s_url);
        var first = runEnd - at;
        var dot = at + first;
        if (first >= 12 && dot < text.Length && text[dot] == '.')
        {
            var second = Run(text, dot + 1, s_url);
            var end = dot + 1 + second;
            if (second >= 10 && end < text.Length && text[end] == '.' && types["jwt"] is { } type)
            {
                end += 1 + Run(text, end + 1, s_url);
                findings.Add(new SecretFinding(at, end - at, type));
                return end;
            }
        }

        return first >= EncodedLeast ? Encoded(text, at, findings) : at + 1;
    }

    /// <summary>A key file or a configuration with credentials, in base64.</summary>
    private int Encoded(string text, int at, List<SecretFinding> findings)
    {
        var length = Run(text, at, s_base64);
        if (length < EncodedLeast)
        {
            return at + Math.Max(1, length);
        }

        var run = text.AsSpan(at, Math.Min(length, DecodedMost));
        if (types["encoded"] is { } type && Holds(run))
        {
            findings.Add(new SecretFinding(at, length, type));
        }

        return at + length;
    }

    private static bool Holds(ReadOnlySpan<char> encoded)
    {
        var whole = encoded.TrimEnd('=');
        Span<byte> decoded = new byte[DecodedMost];
        // One of the four offsets is the text's own; the first is where a key begins.
        for (var offset = 0; offset < 4 && offset < whole.Length; offset++)
        {
            var part = whole[offset..];
            part = part[..(part.Length / 4 * 4)];
            if (!Convert.TryFromBase64Chars(part, decoded, out var count))
            {
                continue;
            }

            var plain = System.Text.Encoding.Latin1.GetString(decoded[..count]);
            if (Array.Exists(s_secretWords, w => plain.Contains(w, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
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
