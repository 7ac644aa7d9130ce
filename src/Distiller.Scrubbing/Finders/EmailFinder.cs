using System.Buffers;

namespace Distiller.Scrubbing.Finders;

/// <summary>E-mail addresses.</summary>
internal sealed class EmailFinder(FinderTypes types)
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int LocalMax = 64;
    private const int DomainMax = 253;

    private static readonly SearchValues<char> Local = SearchValues.Create(Alphanumeric + "._%+-");
    private static readonly SearchValues<char> s_ends = SearchValues.Create(" \t\n\"'`");
    private static readonly SearchValues<char> Domain = SearchValues.Create(Alphanumeric + ".-");

    /// <summary>
    /// Top-level domains in use, beside those of two letters, which are countries: those of over a hundred thousand names, and
    /// those that stand for a private network or an example. <c>x = a@b.shape</c> and <c>getty@tty1.service</c> have none.
    /// </summary>
    private static readonly HashSet<string> s_domains = new(
        (
            "com org net edu gov mil int info biz name pro aero coop museum mobi tel asia cat jobs travel post arpa app dev "
            + "page cloud online site shop store xyz club top live space tech website icu vip work fun life world today one "
            + "email digital company agency solutions group center media network systems software services design studio "
            + "consulting engineering academy school university health care energy finance bank insurance legal law blog news "
            + "wiki social chat team zone expert guru tools support link click wang ltd inc llc gmbh berlin hamburg koeln "
            + "bayern wien swiss paris london nyc amsterdam tokyo eus scot wales google amazon apple microsoft "
            + "example test invalid local localhost internal corp lan home intranet private localdomain"
        ).Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Two letters that are ends of files and attributes of code far more often than countries.</summary>
    private static readonly HashSet<string> s_noCountries = new(
        "py js ts sh rb cs vb gz go hs ml jl cc hh".Split(' '),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Commands that reach a machine by <c>user@host</c>.</summary>
    private static readonly string[] s_remotes =
    [
        "ssh ",
        "scp ",
        "rsync ",
        "sftp ",
        "mosh ",
        "ssh://",
        "ssh-copy-id ",
        "git clone ",
    ];

    public void Find(string text, List<SecretFinding> findings)
    {
        if (types["email"] is not { } type)
        {
            return;
        }

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
            if (IsDomain(domain) && !IsRemote(text, at, local.Length, at + 1 + domain.Length))
            {
                findings.Add(new SecretFinding(at - local.Length, local.Length + 1 + domain.Length, type));
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
        return !top.ContainsAnyExcept(Letters)
            && (
                top.Length == 2
                    ? !s_noCountries.GetAlternateLookup<ReadOnlySpan<char>>().Contains(top)
                    : s_domains.GetAlternateLookup<ReadOnlySpan<char>>().Contains(top)
            )
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

    /// <summary><c>--user bob@example.com:v</c></summary>
    private static bool IsSecret(string text, int at)
    {
        const int secretMax = 64;
        var ahead = text.AsSpan(at, Math.Min(secretMax, text.Length - at));
        var stop = ahead.IndexOfAny(s_ends);
        return Names.MadeWord.Of(stop < 0 ? ahead : ahead[..stop], isQuoted: true) is Names.MadeLook.Machine;
    }

    /// <summary>An account on a machine, <c>deploy@web1.example.com:/srv</c>: no address of a person.</summary>
    private static bool IsRemote(string text, int at, int local, int end)
    {
        const int lineMax = 160;
        if (
            end + 1 < text.Length
            && text[end] == ':'
            && (text[end + 1] is '/' or '~' or '.' || char.IsLetterOrDigit(text[end + 1]))
            && !IsSecret(text, end + 1)
        )
        {
            return true;
        }

        if (at - local >= 3 && text.AsSpan(at - local - 3, 3).SequenceEqual("://"))
        {
            return true;
        }

        var from = Math.Max(0, at - local - lineMax);
        var before = text.AsSpan(from, at - local - from);
        before = before[(before.LastIndexOf('\n') + 1)..];
        foreach (var command in s_remotes)
        {
            if (before.Contains(command, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
