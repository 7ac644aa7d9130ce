using Distiller.Scrubbing.Names;

namespace Distiller.Scrubbing.Finders;

/// <summary>Rules made ready to search texts. Of what two find at one place, the earlier in this order counts.</summary>
internal sealed class FinderSet
{
    private readonly AnchoredFinder _anchored;
    private readonly Action<string, List<SecretFinding>>[] _finders;
    private readonly Action<string, List<SecretFinding>>[] _lastFinders;

    public FinderSet(ScrubRuleSet set)
    {
        var types = new FinderTypes(set.Rules.OfType<FinderRule>());
        Names = new NameFinder(set);
        (IReadOnlyList<string> Anchors, bool InAnyCase, Action<string, List<SecretFinding>> Find)[] finders =
        [
            (KeyFinder.Anchors, false, new KeyFinder(types).Find),
            (HeaderFinder.Anchors, true, new HeaderFinder(types).Find),
            (UrlFinder.Anchors, false, new UrlFinder(types).Find),
            (KubernetesFinder.Anchors, false, new KubernetesFinder(types).Find),
        ];
        _finders = [.. finders.Select(f => f.Find)];
        _anchored = new AnchoredFinder(
            set,
            Names,
            types,
            [.. finders.SelectMany((f, i) => f.Anchors.Select(a => new Anchor(a, 1 << i, f.InAnyCase)))]
        );
        _lastFinders = [new EmailFinder(types).Find, new NumberFinder(types).Find];
    }

    public NameFinder Names { get; }

    public List<SecretFinding> Find(string text)
    {
        var findings = new List<SecretFinding>();
        var named = new List<SecretFinding>();
        var seen = _anchored.Find(text, findings, named);
        for (var i = 0; seen != 0; i++, seen >>= 1)
        {
            if ((seen & 1) != 0)
            {
                _finders[i](text, findings);
            }
        }

        findings.AddRange(named);
        foreach (var find in _lastFinders)
        {
            find(text, findings);
        }

        return findings;
    }
}

/// <summary>The types of placeholders by the finders' names, as the rules say them.</summary>
internal sealed class FinderTypes(IEnumerable<FinderRule> rules)
{
    private readonly Dictionary<string, string> _types = rules.ToDictionary(
        r => r.Finder,
        r => r.Type,
        StringComparer.Ordinal
    );

    /// <summary>Null: its rule was switched off.</summary>
    public string? this[string finder] => _types.GetValueOrDefault(finder);
}
