using System.Text.RegularExpressions;
using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>What the regular expressions of the rules find, tried only around the texts they name.</summary>
internal sealed class PatternFinder
{
    private const int Before = 160;
    private const int Behind = 512;
    private const int MixedLeast = 6;
    private const int RandomLeast = 16;
    private const string Group = "secret";

    private readonly PatternRule[] _rules;
    private readonly ILookup<char, (string Near, int Rule)> _near;

    public PatternFinder(IEnumerable<PatternRule> rules)
    {
        _rules = [.. rules];
        _near = _rules
            .SelectMany((r, i) => r.Near.Select(n => (Near: n, Rule: i)))
            .ToLookup(n => char.ToLowerInvariant(n.Near[0]));
        Anchors = [.. _rules.SelectMany(r => r.Near)];
    }

    public IReadOnlyList<string> Anchors { get; }

    public int Count => _rules.Length;

    /// <summary>Tries the rules whose text stands here.</summary>
    /// <param name="done">How far each rule has looked: a text full of anchors is not looked at again and again.</param>
    public void At(string text, int at, int[] done, List<SecretFinding> findings)
    {
        foreach (var (near, rule) in _near[char.ToLowerInvariant(text[at])])
        {
            if (
                at >= done[rule]
                && string.Compare(text, at, near, 0, near.Length, StringComparison.OrdinalIgnoreCase) == 0
            )
            {
                var end = Math.Min(text.Length, at + Behind);
                Match(_rules[rule], text, Math.Max(done[rule], at - Before), end, findings);
                done[rule] = end == text.Length ? end : at + (Behind / 2);
            }
        }
    }

    private static void Match(PatternRule rule, string text, int start, int end, List<SecretFinding> findings)
    {
        if (!rule.MayBeIn(text.AsSpan(start, end - start)))
        {
            return;
        }

        var known = findings.Count;
        try
        {
            Match(rule, rule.Pattern, text, start, end, findings);
        }
        catch (RegexMatchTimeoutException)
        {
            // Made to be slow with, or the machine stood still: both find the same.
            findings.RemoveRange(known, findings.Count - known);
            Match(rule, rule.UseLinear(), text, start, end, findings);
        }
    }

    private static void Match(
        PatternRule rule,
        Regex pattern,
        string text,
        int start,
        int end,
        List<SecretFinding> findings
    )
    {
        foreach (var found in pattern.EnumerateMatches(text.AsSpan(start, end - start)))
        {
            var (at, length) = (start + found.Index, found.Length);
            if (pattern.GroupNumberFromName(Group) >= 0)
            {
                // To the same end: where the range ends with the line feed of a match, .NET 10 reports no group.
                var group = pattern.Match(text, at, end - at).Groups[Group];
                (at, length) = (group.Index, group.Length);
            }

            var value = text.AsSpan(at, length);
            if (length > 0 && !ValueLook.IsPlaceholder(value) && Looks(rule.Value, value))
            {
                findings.Add(new SecretFinding(at, length, rule.Type));
            }
        }
    }

    private static bool Looks(SecretLook look, ReadOnlySpan<char> value) =>
        look switch
        {
            SecretLook.Any => true,
            SecretLook.Mixed => value.Length >= MixedLeast
                && ValueLook.HasDigitAndLetter(value)
                && (!ValueLook.IsNameLike(value) || ValueLook.IsJoinedPassword(value)),
            SecretLook.Phrase => DrawnWords.Are(value),
            SecretLook.Told => DrawnWords.MayBeTold(value),
            _ => ValueLook.IsRandom(value, RandomLeast),
        };
}
