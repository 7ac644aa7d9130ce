namespace Distiller.Lake.Catalog;

/// <summary>How episodes ended, told by those who know more than their log: a person, a repository, rules on the transcript.</summary>
/// <param name="Version">A text that changes whenever <paramref name="Read"/> may tell something else; it is asked for often.</param>
/// <param name="Read">Of the episodes in these parts those that ended otherwise than their log tells, each once.</param>
public sealed record EpisodeOutcomes(Func<string> Version, Func<IReadOnlyList<string>, IEnumerable<JudgedEpisode>> Read)
{
    /// <summary>As the logs tell.</summary>
    public static EpisodeOutcomes AsLogged { get; } = new(() => "", _ => []);
}

/// <summary>An episode's outcome as a row of the catalog's table, with the columns of <see cref="EpisodeRow"/>.</summary>
public sealed record JudgedEpisode(string Id, string Outcome, string Judge, double? Score, double? Confidence)
{
    public static JudgedEpisode Of(string id, Outcome outcome) =>
        new(id, EpisodeRow.OutcomeWord(outcome.Kind), outcome.Judge, outcome.Score, outcome.Confidence);
}
