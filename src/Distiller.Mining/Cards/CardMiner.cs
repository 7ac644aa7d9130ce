using Distiller.Mining.Digesting;

namespace Distiller.Mining.Cards;

/// <summary>
/// Mines cards from training tasks, project by project: commands, files that a kind of request needs first, errors and what
/// resolved them, and what users corrected. A card needs several tasks of several sessions.
/// </summary>
public sealed class CardMiner(CardOptions? options = null)
{
    private readonly CardOptions _options = options ?? new CardOptions();

    /// <param name="train">Labelled, of training tasks only.</param>
    /// <returns>The most useful first.</returns>
    public IReadOnlyList<Card> Mine(IReadOnlyList<EpisodeDigest> train)
    {
        var found = ProjectTasks
            .Of(train)
            .SelectMany(project =>
                CommandCards
                    .Mine(project, _options)
                    .Concat(FileCards.Mine(project, _options))
                    .Concat(RecoveryCards.Mine(project, _options))
                    .Concat(CorrectionCards.Mine(project, _options))
            )
            .ToList();
        return
        [
            .. WithRates(found)
                .OrderBy(c => c.Kind)
                .ThenByDescending(c => c.Tasks)
                .ThenBy(c => c.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>For every folder of the tasks the project that cards name it by.</summary>
    internal static IReadOnlyDictionary<string, string> ProjectNames(IEnumerable<EpisodeDigest> train) =>
        ProjectTasks
            .Of(train)
            .SelectMany(p => p.Tasks.Select(t => (Folder: t.Project ?? "", p.Name)))
            .Distinct()
            .ToDictionary(p => p.Folder, p => p.Name, StringComparer.Ordinal);

    /// <summary>The p-values of single cards become rates over all of them.</summary>
    private static IEnumerable<Card> WithRates(List<CardDraft> found)
    {
        var compared = found.FindAll(f => f.PValue is not null);
        var rates = FalseDiscoveries.Rates([.. compared.Select(f => f.PValue!.Value)]);
        var rateOf = compared.Zip(rates).ToDictionary(c => c.First.Card.Id, c => c.Second, StringComparer.Ordinal);
        return found.Select(f =>
            rateOf.TryGetValue(f.Card.Id, out var rate) ? f.Card with { FalseDiscoveryRate = rate } : f.Card
        );
    }
}
