namespace Distiller.Opsdesk.Pretraining;

/// <summary>Everything that can be said at a desk, word by word.</summary>
internal static class Language
{
    /// <summary>Every word in random order, so that no two of them come to belong together.</summary>
    public static IEnumerable<string> Texts(SeededRandom random)
    {
        string Shuffled(IEnumerable<string> words, char before)
        {
            var all = words.ToList();
            return string.Concat(random.Sample(all, all.Count).Select(w => before + w));
        }

        var phrases = Situations.Conditions.Values.SelectMany(c => c.Values).SelectMany(p => p);
        yield return Shuffled(Words.Names, ' ');
        // As in host=NAME; a hyphen would join two words to a name that may be the demo's.
        yield return Shuffled(Words.Names, '=');
        yield return Shuffled([.. Words.Services, .. Words.Teams, .. Words.Topics], ' ');
        yield return Shuffled(Situations.Conditions.Values.SelectMany(c => c.Keys), ' ');
        yield return Shuffled(DeskTool.All.SelectMany(t => new[] { t.Name, t.Argument }), ' ');
        yield return Shuffled(phrases, '\n') + Shuffled(phrases, ' ');
        yield return Shuffled(Situations.Tickets.Values.SelectMany(t => t).SelectMany(WordsOf).Distinct(), ' ');
        yield return Shuffled(Enumerable.Range(0, 100).Select(n => $"{n:00}"), '=');
        yield return Shuffled(Refusals().Select(r => r.Text), '\n');
        yield return DeskPrompt.Short;
    }

    /// <summary>
    /// Every refusal that the desk knows. They are collected by provoking them, because a list would become outdated.
    /// </summary>
    internal static IReadOnlyList<Observation> Refusals()
    {
        var company = Company.Generate(
            new CompanyOptions
            {
                Rules = 1,
                ChangedRules = 0,
                UnseenRules = 0,
            }
        );
        var desk = new Desk(company, stepsMax: 1_000);
        var tired = new Desk(company, stepsMax: 1);
        var first = DeskTool.All[0].Name;
        Observation Call(string tool, string arguments) => desk.Call(new ToolCall("", tool, arguments));
        Observation Do(string tool, string value) => desk.Call(new DeskAction(tool, value).ToCall(""));

        var answers = new List<Observation>
        {
            desk.CallUnreadable(),
            tired.CallUnreadable(),
            tired.CallUnreadable(),
            Call("", "{}"),
            Call(first, "{"),
            Call(first, "[]"),
            Call(first, new string(' ', 10_000)),
        };
        foreach (var tool in DeskTool.All)
        {
            answers.Add(Call(tool.Name, "{}"));
            answers.Add(Call(tool.Name, "{\"\": \"\"}"));
            answers.Add(Call(tool.Name, $"{{\"{tool.Argument}\": 0}}"));
            answers.Add(Do(tool.Name, ""));
        }

        foreach (var tool in EstateDraft.Tools)
        {
            var value = company.Estate.ValuesFor(tool)[0];
            answers.Add(Do(tool, value));
            answers.Add(Do(tool, value));
        }

        answers.Add(Do(DeskTool.Close, "00"));
        answers.Add(Do(DeskTool.Close, "00"));
        return [.. answers.Where(a => a.IsError).DistinctBy(a => a.Text)];
    }

    /// <summary>The words of a ticket's template, without its placeholders.</summary>
    private static IEnumerable<string> WordsOf(string template) =>
        template.Split(' ').Select(w => w.Trim(',', ':', '.')).Where(w => !w.StartsWith('{'));
}

/// <summary>The words by which an entry is found, for an initialization that distinguishes them.</summary>
public static class EntryWords
{
    /// <summary>An entry's first word: what the ticket is about.</summary>
    public static IReadOnlyCollection<string> Subjects { get; } =
    [.. Enum.GetValues<RuleKind>().SelectMany(Situations.Subjects).Distinct(StringComparer.Ordinal)];

    /// <summary>An entry's second word: the condition of the subject.</summary>
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
