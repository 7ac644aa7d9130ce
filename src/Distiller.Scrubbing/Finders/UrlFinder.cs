using System.Buffers;
using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary><c>scheme://user:password@host</c>: what stands before the at sign, also where the password holds <c>/</c> or <c>@</c>.</summary>
internal sealed class UrlFinder(FinderTypes types)
{
    private const string Scheme = "://";
    private const int UrlMax = 1024;

    /// <inheritdoc cref="KeyFinder.Anchors"/>
    public static IReadOnlyList<string> Anchors { get; } = [Scheme];

    private static readonly SearchValues<char> s_end = SearchValues.Create(" \t\r\n\"<>\\`|'");
    private static readonly SearchValues<char> s_authorityEnd = SearchValues.Create("/?#");
    private static readonly SearchValues<char> s_host = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"
    );

    public void Find(string text, List<SecretFinding> findings)
    {
        if (types["url-credentials"] is not { } type)
        {
            return;
        }

        var at = 0;
        while (at < text.Length && text.IndexOf(Scheme, at, StringComparison.Ordinal) is >= 0 and var found)
        {
            var start = found + Scheme.Length;
            var ahead = text.AsSpan(start, Math.Min(UrlMax, text.Length - start));
            var end = ahead.IndexOfAny(s_end);
            ahead = end < 0 ? ahead : ahead[..end];
            var sign = Sign(ahead, IsWeb(text, found));
            if (sign > 0 && IsSecret(ahead[..sign]))
            {
                findings.Add(new SecretFinding(start, sign, type));
                at = start + sign;
            }
            else
            {
                at = start;
            }
        }
    }

    private static bool IsWeb(string text, int at) =>
        at >= 4
        && (text.AsSpan(at - 4, 4).SequenceEqual("http") || at >= 5 && text.AsSpan(at - 5, 5).SequenceEqual("https"));

    /// <summary>Where the at sign stands that ends the credentials; -1 where there is none.</summary>
    private static int Sign(ReadOnlySpan<char> url, bool isWeb)
    {
        var end = url.IndexOfAny(s_authorityEnd);
        var plain = (end < 0 ? url : url[..end]).LastIndexOf('@');
        var colon = url.IndexOf(':');
        // A user, a colon and what is no port: the password may hold a slash.
        var mayGoOn =
            colon >= 0
            && !url[..colon].ContainsAny(s_authorityEnd)
            && !IsPort(url[(colon + 1)..])
            && (plain < 0 || plain > colon);
        if (!mayGoOn)
        {
            return plain;
        }

        var query = url.LastIndexOf('?');
        var last = (query > 0 && url[query..].Contains('=') ? url[..query] : url).LastIndexOf('@');
        while (last > plain && !IsHost(url[(last + 1)..], isWeb || plain >= 0))
        {
            last = url[..last].LastIndexOf('@');
        }

        return isWeb && plain >= 0 && IsHost(url[(plain + 1)..], needsDot: true) ? plain : Math.Max(last, plain);
    }

    private static bool IsPort(ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        return digits < 0 ? text.Length > 0 : digits > 0 && text[digits] is '/' or '?' or '#' or ',' or ')';
    }

    private static bool IsHost(ReadOnlySpan<char> text, bool needsDot)
    {
        var stop = text.IndexOfAnyExcept(s_host);
        var host = stop < 0 ? text : text[..stop];
        var port = stop >= 0 && text[stop] == ':' && IsPort([.. text[(stop + 1)..], '/']);
        return host.Length > 0
            && (stop < 0 || port || text[stop] is '/' or '?' or '#' or ',' or ';' or ')')
            && (!needsDot || host.Contains('.') || port || host is "localhost");
    }

    private static bool IsSecret(ReadOnlySpan<char> credentials)
    {
        var colon = credentials.IndexOf(':');
        var password = colon < 0 ? credentials : credentials[(colon + 1)..];
        if (colon < 0)
        {
            return password.Length >= 20 && password.ContainsAnyInRange('0', '9') && !ValueLook.IsNameLike(password);
        }

        // A token may stand before the colon, with nothing or a fixed word behind it.
        var user = credentials[..colon];
        if (user.Length >= 20 && user.ContainsAnyInRange('0', '9') && !ValueLook.IsNameLike(user))
        {
            return true;
        }

        return password.Length > 0
            && !ValueLook.IsPlaceholder(password)
            && !(password is "password" or "PASSWORD" or "pass" or "PASS" or "passwd" or "pwd")
            && !(
                password.Length > 2
                && ValueLook.IsIdentifier(password)
                && !password.ContainsAnyInRange('a', 'z')
                && user.SequenceEqual(user.ToString().ToUpperInvariant())
                && !password.ContainsAnyInRange('0', '9')
            );
    }
}
