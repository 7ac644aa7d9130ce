namespace Distiller.Opsdesk.Pretraining;

/// <summary>The words by which an entry is found, for a start that knows them apart.</summary>
public static class EntryWords
{
    /// <summary>An entry's first word: what the ticket is about.</summary>
    public static IReadOnlyCollection<string> Subjects { get; } =
    [.. Enum.GetValues<RuleKind>().SelectMany(Situations.Subjects).Distinct(StringComparer.Ordinal)];

    /// <summary>Its second word: what is the matter.</summary>
    public static IReadOnlyCollection<string> Conditions { get; } =
    [.. Situations.Conditions.Values.SelectMany(c => c.Keys).Distinct(StringComparer.Ordinal)];

    /// <summary>Words with which tickets tell a condition and which no entry holds.</summary>
    public static IReadOnlyCollection<string> Clues { get; } =
    [
        .. Situations
            .Conditions.Values.SelectMany(c => c.Values)
            .SelectMany(phrases => phrases)
            .SelectMany(phrase => phrase.Split(' '))
            .Except(Conditions)
            .Except(DeskTool.All.SelectMany(t => new[] { t.Name, t.Argument }))
            .Distinct(StringComparer.Ordinal),
    ];
}
