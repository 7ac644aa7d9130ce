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
        _anchored = new AnchoredFinder(set, Names);
        _finders =
        [
            new KeyFinder(types).Find,
            new HeaderFinder(types).Find,
            new UrlFinder(types).Find,
            new KubernetesFinder(types).Find,
        ];
        _lastFinders = [new EmailFinder(types).Find, new NumberFinder(types).Find];
    }

    public NameFinder Names { get; }

    public List<SecretFinding> Find(string text)
    {
        var findings = new List<SecretFinding>();
        var named = new List<SecretFinding>();
        _anchored.Find(text, findings, named);
        foreach (var find in _finders)
        {
            find(text, findings);
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
