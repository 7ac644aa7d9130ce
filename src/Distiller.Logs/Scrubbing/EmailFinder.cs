using System.Buffers;

namespace Distiller.Logs.Scrubbing;

/// <summary>E-mail addresses.</summary>
internal static class EmailFinder
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int LocalMax = 64;
    private const int DomainMax = 253;

    private static readonly SearchValues<char> Local = SearchValues.Create(Alphanumeric + "._%+-");
    private static readonly SearchValues<char> Domain = SearchValues.Create(Alphanumeric + ".-");

    /// <summary>Ends of file names, which stand where an address has its top-level domain: <c>icon@2x.png</c>.</summary>
    private static readonly HashSet<string> FileEnds = new(StringComparer.OrdinalIgnoreCase)
    {
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "tgz",
        "gz",
        "js",
        "ts",
        "json",
        "css",
        "git",
    };

    public static void Find(string text, List<SecretFinding> findings)
    {
        var from = 0;
        for (var at = text.IndexOf('@'); at >= 0; at = text.IndexOf('@', at + 1))
        {
            var before = text.AsSpan(from, at - from);
            before = before[Math.Max(0, before.Length - LocalMax - 1)..];
            var local = before[(before.LastIndexOfAnyExcept(Local) + 1)..].TrimStart(".%+-");
            from = at + 1;
            if (local.Length is 0 or > LocalMax || local[^1] == '.' || local is "git")
            {
                continue;
            }

            var after = text.AsSpan(at + 1, Math.Min(DomainMax, text.Length - at - 1));
            var stop = after.IndexOfAnyExcept(Domain);
            var domain = (stop < 0 ? after : after[..stop]).TrimEnd(".-");
            if (IsDomain(domain))
            {
                findings.Add(new SecretFinding(at - local.Length, local.Length + 1 + domain.Length, "email"));
                from = at + 1 + domain.Length;
            }
        }
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var dot = domain.LastIndexOf('.');
        if (dot < 1 || domain[0] is '.' or '-' || domain.Contains("..", StringComparison.Ordinal))
        {
            return false;
        }

        var top = domain[(dot + 1)..];
        var version = char.IsAsciiDigit(domain[0]) && domain[..domain.IndexOf('.')].ContainsAnyInRange('0', '9');
        return top.Length is >= 2 and <= 24
            && !top.ContainsAnyExcept(Letters)
            && !FileEnds.GetAlternateLookup<ReadOnlySpan<char>>().Contains(top)
            && !(version && IsVersion(domain));
    }

    private static readonly SearchValues<char> Letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    /// <summary><c>package@1.2.3-beta.rc</c> is a version and no address.</summary>
    private static bool IsVersion(ReadOnlySpan<char> domain)
    {
        var first = domain[..domain.IndexOf('.')];
        return !first.ContainsAnyExceptInRange('0', '9');
    }
}
