using System.Buffers;
using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>Keys with a beginning of their own.</summary>
internal sealed class PrefixFinder
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Small = "abcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    private static readonly Dictionary<KeyAlphabet, SearchValues<char>> s_alphabets = new()
    {
        [KeyAlphabet.Hex] = SearchValues.Create(Digits + "abcdefABCDEF"),
        [KeyAlphabet.Digits] = SearchValues.Create(Digits),
        [KeyAlphabet.Upper] = SearchValues.Create(Digits + Letters),
        [KeyAlphabet.Lower] = SearchValues.Create(Digits + Small),
        [KeyAlphabet.Alnum] = SearchValues.Create(Digits + Letters + Small),
        [KeyAlphabet.Word] = SearchValues.Create(Digits + Letters + Small + "_"),
        [KeyAlphabet.Url] = SearchValues.Create(Digits + Letters + Small + "_-"),
        [KeyAlphabet.Dotted] = SearchValues.Create(Digits + Letters + Small + "_-.="),
        [KeyAlphabet.Base64] = SearchValues.Create(Digits + Letters + Small + "+/=_-"),
    };

    /// <summary>By the first character, the longest prefix first, where one begins another.</summary>
    private readonly ILookup<char, (string Prefix, PrefixRule Rule)> _prefixes;

    public PrefixFinder(IEnumerable<PrefixRule> rules)
    {
        var prefixes = rules.SelectMany(r => r.Prefixes.Select(p => (Prefix: p, Rule: r))).ToList();
        _prefixes = prefixes.OrderByDescending(p => p.Prefix.Length).ToLookup(p => p.Prefix[0]);
        Anchors = [.. prefixes.Select(p => p.Prefix)];
    }

    public IReadOnlyList<string> Anchors { get; }

    /// <summary>Looks at one place and returns where to go on.</summary>
    public int At(string text, int at, List<SecretFinding> findings)
    {
        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]) && !IsEscape(text, at))
        {
            return at + 1;
        }

        var longest = 0;
        foreach (var (prefix, rule) in _prefixes[text[at]])
        {
            if (string.CompareOrdinal(text, at, prefix, 0, prefix.Length) != 0)
            {
                continue;
            }

            var start = at + prefix.Length;
            var run = text.AsSpan(start);
            var stop = run.IndexOfAnyExcept(s_alphabets[rule.Alphabet]);
            run = stop < 0 ? run : run[..stop];
            longest = Math.Max(longest, run.Length);
            if (Fits(rule, run))
            {
                findings.Add(new SecretFinding(at, prefix.Length + run.Length, rule.Type));
                return start + run.Length;
            }
        }

        // A long run that is no key is skipped whole: measuring it again at each anchor inside it would take quadratic time.
        return longest > 64 ? at + longest : at + 1;
    }

    private static bool Fits(PrefixRule rule, ReadOnlySpan<char> run) =>
        run.Length >= rule.Least
        && (rule.Most is not { } most || run.Length <= most)
        && !StandIn.IsMasked(run)
        && (!rule.NeedsDigit || run.ContainsAnyInRange('0', '9'));

    /// <summary>The letter before belongs to <c>\n</c>, a line feed in JSON.</summary>
    private static bool IsEscape(string text, int at) =>
        at > 1 && text[at - 2] == '\\' && text[at - 1] is 'n' or 't' or 'r';
}
