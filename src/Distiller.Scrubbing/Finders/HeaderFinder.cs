using System.Buffers;
using System.Buffers.Text;
using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>The HTTP headers that hold credentials: <c>Authorization</c> of any scheme, <c>Cookie</c> and <c>Set-Cookie</c>.</summary>
internal sealed class HeaderFinder(FinderTypes types)
{
    private const int HeaderMax = 4096;
    private const string AuthorizationName = "authorization";
    private const string CookieName = "cookie";

    /// <inheritdoc cref="KeyFinder.Anchors"/>
    public static IReadOnlyList<string> Anchors { get; } = [AuthorizationName, CookieName, "bearer ", "basic "];

    private static readonly SearchValues<string> s_anchors = SearchValues.Create(
        [.. Anchors],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-:%"
    );

    public void Find(string text, List<SecretFinding> findings)
    {
        var at = 0;
        while (at < text.Length && text.AsSpan(at).IndexOfAny(s_anchors) is >= 0 and var skip)
        {
            at += skip;
            at = text[at] switch
            {
                'a' or 'A' => Authorization(text, at + AuthorizationName.Length, findings),
                'c' or 'C' => Cookie(text, at, findings),
                _ => Scheme(text, at, findings),
            };
        }
    }

    /// <summary><c>Bearer x</c> and <c>Basic x</c> anywhere.</summary>
    private int Scheme(string text, int at, List<SecretFinding> findings)
    {
        var isBearer = text[at + 1] is 'e' or 'E';
        var start = at + (isBearer ? "bearer " : "basic ").Length;
        var length = Run(text, start);
        var token = text.AsSpan(start, length);
        if (token.StartsWith("eyJ", StringComparison.Ordinal) && token.Contains('.'))
        {
            return start; // A web token.
        }

        var type = isBearer ? types["bearer"] : types["basic"];
        if (type is not null && (isBearer ? length >= 16 && token.ContainsAnyInRange('0', '9') : IsBasic(token)))
        {
            findings.Add(new SecretFinding(start, length, type));
            return start + length;
        }

        return start;
    }

    private int Authorization(string text, int at, List<SecretFinding> findings)
    {
        var start = Value(text, at);
        if (start < 0 || types["authorization"] is not { } type)
        {
            return at;
        }

        var end = Line(text, start);
        var value = text.AsSpan(start, end - start).TrimEnd(" \\,)}");
        var blank = value.IndexOf(' ');
        if (blank > 0 && blank < 20 && ValueLook.IsIdentifier(value[..blank].ToString().Replace('-', 'a')))
        {
            var rest = value[(blank + 1)..].TrimStart();
            start += value.Length - rest.Length;
            if (
                value.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) && rest.Length >= 16
                || value.StartsWith("basic ", StringComparison.OrdinalIgnoreCase) && IsBasic(rest)
            )
            {
                return Scheme(text, start - blank - 1, findings);
            }

            value = rest;
        }

        // Parameters, as of AWS4-HMAC-SHA256 and Digest, hold the secret somewhere: they go whole.
        var whole = value.Contains('=') && value.Contains(',');
        var stop = whole ? -1 : value.IndexOfAny(" ,;");
        value = stop < 0 ? value : value[..stop];
        if (
            value.Length >= 6
            && (value.ContainsAnyInRange('0', '9') || value.Length >= 20 && value.IndexOfAny("().[]") < 0)
            && !ValueLook.IsPlaceholder(value)
            && !ValueLook.IsNameLike(value)
            && !ValueLook.IsExpression(value)
            && !value.StartsWith("eyJ", StringComparison.Ordinal)
        )
        {
            findings.Add(new SecretFinding(start, value.Length, type));
            return start + value.Length;
        }

        return at;
    }

    /// <summary>
    /// Of <c>Set-Cookie</c> the first value; of <c>Cookie</c> each that is no plain word. A cookie's name says little.
    /// </summary>
    private int Cookie(string text, int at, List<SecretFinding> findings)
    {
        var isSet = at >= 4 && text.AsSpan(at - 4, 4).Equals("set-", StringComparison.OrdinalIgnoreCase);
        var behind = at + CookieName.Length;
        var start = Value(text, behind);
        if (start < 0 || types["cookie"] is not { } type)
        {
            return behind;
        }

        var end = Line(text, start);
        var found = behind;
        for (var i = start; i < end; )
        {
            var semicolon = text.AsSpan(i, end - i).IndexOf(';');
            var stop = semicolon < 0 ? end : i + semicolon;
            var equal = text.AsSpan(i, stop - i).IndexOf('=');
            if (equal > 0)
            {
                var value = text.AsSpan(i + equal + 1, stop - i - equal - 1).TrimEnd();
                if (
                    value.Length >= 8
                    && value.ContainsAnyInRange('0', '9')
                    && value.IndexOf(' ') < 0
                    && !ValueLook.IsPlaceholder(value)
                    && !ValueLook.IsNameLike(value)
                    && !text.AsSpan(i, equal).Trim().Equals("max-age", StringComparison.OrdinalIgnoreCase)
                )
                {
                    findings.Add(new SecretFinding(i + equal + 1, value.Length, type));
                    found = i + equal + 1 + value.Length;
                }
            }

            if (isSet)
            {
                break;
            }

            i = stop + 1;
        }

        return found;
    }

    /// <summary>Where a header's value begins; -1: this is none.</summary>
    private static int Value(string text, int at)
    {
        var end = Math.Min(text.Length, at + 8);
        while (at < end && text[at] is '"' or '\'' or '\\' or ']' or ' ')
        {
            at++;
        }

        if (
            at >= end
            || text[at] is not (':' or '=' or ',')
            || at + 1 < text.Length && text[at] == '=' && text[at + 1] == '='
        )
        {
            return -1;
        }

        at++;
        end = Math.Min(text.Length, at + 12);
        while (at < end && text[at] is ' ' or '"' or '\'' or '\\' or '`')
        {
            at++;
        }

        return at < text.Length ? at : -1;
    }

    private static int Line(string text, int start)
    {
        var ahead = text.AsSpan(start, Math.Min(HeaderMax, text.Length - start));
        var stop = ahead.IndexOfAny("\r\n'`");
        ahead = stop < 0 ? ahead : ahead[..stop];
        // Digest has quotes inside; elsewhere a quote ends it.
        stop = ahead.StartsWith("Digest ", StringComparison.OrdinalIgnoreCase) ? -1 : ahead.IndexOfAny('"', '\\');
        return start + (stop < 0 ? ahead.Length : stop);
    }

    private static int Run(string text, int start)
    {
        var ahead = text.AsSpan(start);
        var stop = ahead.IndexOfAnyExcept(s_token);
        return stop < 0 ? ahead.Length : stop;
    }

    /// <summary>Base64 of <c>user:password</c>.</summary>
    internal static bool IsBasic(ReadOnlySpan<char> token)
    {
        const int most = 512;
        if (token.Length is < 6 or > most || !Base64.IsValid(token))
        {
            return false;
        }

        Span<byte> decoded = stackalloc byte[most];
        return Convert.TryFromBase64Chars(token, decoded, out var count)
            && decoded[..count].Contains((byte)':')
            && !decoded[..count].ContainsAnyInRange((byte)0, (byte)31);
    }
}
