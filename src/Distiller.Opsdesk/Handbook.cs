namespace Distiller.Opsdesk;

/// <summary>A company's rules on a day.</summary>
public sealed class Handbook(IReadOnlyList<Rule> rules)
{
    private readonly Dictionary<string, Rule> _byId = rules.ToDictionary(r => r.Id, StringComparer.Ordinal);

    public IReadOnlyList<Rule> Rules { get; } = rules;

    public Rule? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>For a prompt: a heading and one entry a line.</summary>
    public string Render() => "Handbook\n" + string.Join('\n', Rules.Select(r => r.Entry));
}
