using System.Collections.Concurrent;

namespace Distiller.Scrubbing.Names;

/// <summary>Which identifiers name a secret, by the words they are put together from.</summary>
internal sealed class SecretNames
{
    private const int LettersMax = 96;
    private const int KnownMax = 16_384;

    /// <summary>The same identifiers come again and again. Bounded, since a log may hold any number.</summary>
    private readonly ConcurrentDictionary<string, SecretName?> _known = new(StringComparer.Ordinal);

    private readonly List<KnownName> _names;
    private readonly HashSet<string> _notBefore;
    private readonly HashSet<string> _notBehind;

    public SecretNames(ScrubRuleSet set)
    {
        _names =
        [
            .. set
                .Rules.OfType<NameRule>()
                .SelectMany(r => r.Names.Select(n => new KnownName(Letters(n), n.Contains(' '), r)))
                .OrderByDescending(n => n.Joined.Length),
        ];
        _notBefore = [.. set.Words["no-secret-before"]];
        _notBehind = [.. set.Words["no-secret-behind"]];
        var single = set
            .Rules.OfType<NameRule>()
            .SelectMany(r => r.Names)
            .Where(n => !n.Contains(' '))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var words = set
            .Rules.OfType<NameRule>()
            .SelectMany(r => r.Names)
            .Select(n => n.Split(' '))
            .Select(n => n.LastOrDefault(single.Contains) ?? n[^1])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        // A word that holds another one is found by it.
        Anchors =
        [
            .. words.Where(w =>
                !words.Any(o => o.Length < w.Length && w.Contains(o, StringComparison.OrdinalIgnoreCase))
            ),
        ];
    }

    /// <summary>A word of every name: what to look for in a text.</summary>
    public IReadOnlyList<string> Anchors { get; }

    /// <summary>The rule that an identifier falls under; null: it names no secret.</summary>
    /// <param name="identifier">May have words before it, with blanks between: the identifier is behind the last blank.</param>
    public SecretName? Find(ReadOnlySpan<char> identifier)
    {
        if (_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(identifier, out var known))
        {
            return known;
        }

        var found = Find(identifier, identifier.LastIndexOf(' ') + 1);
        if (_known.Count < KnownMax)
        {
            _known[identifier.ToString()] = found;
        }

        return found;
    }

    private SecretName? Find(ReadOnlySpan<char> identifier, int from)
    {
        Span<char> letters = stackalloc char[LettersMax];
        Span<bool> starts = stackalloc bool[LettersMax + 1];
        var (count, own) = Split(identifier, from, letters, starts);
        // Of config.password the words before the dot say where it is, and nothing of what it is.
        var dot = identifier.LastIndexOf('.');
        var segment = dot > from ? Split(identifier[..dot], from, letters, starts).Count : own;
        (count, own) = Split(identifier, from, letters, starts);
        letters = letters[..count];
        starts[count] = true;
        KnownName? best = null;
        var at = -1;
        foreach (var name in _names)
        {
            var found = letters.LastIndexOf(name.Joined);
            var end = found + name.Joined.Length;
            if (
                found >= 0
                && end > own
                && starts[end]
                && (starts[found] || name.Joined.Length >= 4 || name.Joined is "pwd")
                && (best is null || end > at + best.Joined.Length)
            )
            {
                (best, at) = (name, found);
            }
        }

        if (best is null)
        {
            return null;
        }

        if (own > 0 && best.Rule.Value != SecretLook.Any && letters[..own].EndsWith("public"))
        {
            return null;
        }

        var word = Start(starts, at);
        if (_notBehind.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters[word..(at + best.Joined.Length)]))
        {
            return null; // bypass, compass
        }

        for (var i = Math.Min(segment, word); i < word; i = End(starts, i))
        {
            var before = letters[i..End(starts, i)];
            // An ssh key may be a public one, and its file; the passphrase of one is secret. Of a clear text it is one, too.
            var isOfKeys =
                best.Rule.Value == SecretLook.Any
                && (
                    before is "ssh" or "current" or "previous" or "first" or "last" or "test"
                    || before is "use" or "used" or "using" && i < own
                    || before is "text" && (letters[..i].EndsWith("clear") || letters[..i].EndsWith("plain"))
                );
            var isSetting = before is "config" && !identifier.ContainsAnyInRange('a', 'z'); // NPM_CONFIG_TOKEN
            if (!isOfKeys && !isSetting && _notBefore.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before))
            {
                return null;
            }
        }

        var tail = at + best.Joined.Length;
        for (var i = tail; i < count; i = End(starts, i))
        {
            if (_notBehind.GetAlternateLookup<ReadOnlySpan<char>>().Contains(letters[i..End(starts, i)]))
            {
                return null;
            }
        }

        return new SecretName(
            best.Rule,
            IsQualified: at > own || best.HasBlank,
            HasTail: tail < count,
            IsBrief: best.Joined is "pass" or "pw" && count == own + best.Joined.Length
        );
    }

    /// <summary>The letters in small ones, and where words begin.</summary>
    private static (int Count, int Own) Split(ReadOnlySpan<char> text, int from, Span<char> letters, Span<bool> starts)
    {
        var (count, own) = (0, 0);
        for (var i = 0; i < text.Length && count < LettersMax; i++)
        {
            if (i == from)
            {
                own = count;
            }

            var c = text[i];
            if (!char.IsLetter(c))
            {
                continue;
            }

            var isFirst = i == 0 || !char.IsLetter(text[i - 1]) || EastAsian.Is(c) != EastAsian.Is(text[i - 1]);
            var isCapital = char.IsUpper(c) && i > 0;
            starts[count] =
                isFirst
                || isCapital && char.IsLower(text[i - 1])
                || isCapital && i + 1 < text.Length && char.IsLower(text[i + 1]) && char.IsUpper(text[i - 1]);
            letters[count++] = char.ToLowerInvariant(c);
        }

        return (count, own);
    }

    private static int Start(ReadOnlySpan<bool> starts, int at)
    {
        while (at > 0 && !starts[at])
        {
            at--;
        }

        return at;
    }

    private static int End(ReadOnlySpan<bool> starts, int at)
    {
        at++;
        while (!starts[at])
        {
            at++;
        }

        return at;
    }

    private static string Letters(string name) =>
        string.Concat(name.Where(char.IsLetter).Select(char.ToLowerInvariant));

    private sealed record KnownName(string Joined, bool HasBlank, NameRule Rule);
}

/// <summary>What an identifier names.</summary>
/// <param name="IsQualified">It says whose secret: <c>jwt_secret</c>, and not just <c>secret</c>.</param>
/// <param name="HasTail">Words stand behind the name: <c>SECRET_KEY_BASE</c>.</param>
/// <param name="IsBrief">It is <c>pass</c> alone, which test runners print too.</param>
internal readonly record struct SecretName(NameRule Rule, bool IsQualified, bool HasTail, bool IsBrief);
