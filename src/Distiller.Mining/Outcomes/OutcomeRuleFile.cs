namespace Distiller.Mining.Outcomes;

/// <summary>The rules as a YAML file holds them.</summary>
public sealed record OutcomeRuleFile
{
    public Dictionary<PhraseKind, PhraseFile> Phrases { get; init; } = [];
    public Dictionary<CommandKind, List<string>> Commands { get; init; } = [];
    public List<string> Failures { get; init; } = [];
    public List<OutcomeRule> Rules { get; init; } = [];

    /// <summary>These rules and more: a rule of the same id takes the place of the earlier one.</summary>
    public OutcomeRuleFile With(OutcomeRuleFile more) =>
        new()
        {
            Phrases = Phrases
                .Concat(more.Phrases)
                .GroupBy(p => p.Key)
                .ToDictionary(
                    g => g.Key,
                    g => new PhraseFile
                    {
                        MaxChars = g.Max(p => p.Value.MaxChars),
                        Patterns = [.. g.SelectMany(p => p.Value.Patterns)],
                    }
                ),
            Commands = Commands
                .Concat(more.Commands)
                .GroupBy(c => c.Key)
                .ToDictionary(g => g.Key, g => g.SelectMany(c => c.Value).ToList()),
            Failures = [.. Failures, .. more.Failures],
            Rules = [.. Rules.Where(r => more.Rules.TrueForAll(m => m.Id != r.Id)), .. more.Rules],
        };
}

/// <summary>Messages that do the same to the work before them.</summary>
public sealed record PhraseFile
{
    /// <summary>A longer message is a request of its own.</summary>
    public int MaxChars { get; init; } = 160;

    /// <summary>Regular expressions on the trimmed message, without regard to case.</summary>
    public List<string> Patterns { get; init; } = [];
}

/// <summary>What the facts of a task say of its outcome.</summary>
public sealed record OutcomeRule
{
    public string Id { get; init; } = "";
    public string Description { get; init; } = "";
    public OutcomeKind Says { get; init; }

    /// <summary>How sure the rule is, 0 to 1: the strongest that holds decides.</summary>
    public double Confidence { get; init; }

    /// <summary>Whether it teaches also where nobody could measure how often it is right.</summary>
    public bool Direct { get; init; }

    /// <summary>Facts that all must hold (see <see cref="TaskFact"/>).</summary>
    public List<TaskFact> All { get; init; } = [];

    /// <summary>Facts of which one must hold; empty for no such condition.</summary>
    public List<TaskFact> Any { get; init; } = [];

    /// <summary>Facts none of which may hold.</summary>
    public List<TaskFact> None { get; init; } = [];

    public bool Holds(IReadOnlySet<TaskFact> facts) =>
        All.TrueForAll(facts.Contains)
        && (Any.Count == 0 || Any.Exists(facts.Contains))
        && !None.Exists(facts.Contains);

    /// <exception cref="BadInputException">It is no rule.</exception>
    internal void Check(string path)
    {
        var wrong =
            string.IsNullOrWhiteSpace(Id) ? "A rule has no id."
            : Says == OutcomeKind.Unknown ? $"The rule '{Id}' says neither succeeded nor failed."
            : Confidence is not (> 0 and <= 1) ? $"The confidence of the rule '{Id}' is not above 0 and at most 1."
            : All.Count + Any.Count == 0 ? $"The rule '{Id}' names no fact that must hold."
            : null;
        if (wrong is not null)
        {
            throw OutcomeRules.Bad(path, 0, wrong);
        }
    }
}
