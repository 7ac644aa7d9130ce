namespace Distiller.Mining.Digesting;

/// <summary>What mining reads: the digests of all episodes once, and of few the rest.</summary>
public interface IMiningInput
{
    /// <summary>Of every episode, in any order.</summary>
    IEnumerable<EpisodeDigest> Digests();

    /// <summary>Of every episode that may teach, in any order.</summary>
    IEnumerable<EpisodeSteps> Steps();

    /// <summary>Whole reduced episodes, in the order of their ids.</summary>
    IEnumerable<Episode> Episodes(IReadOnlyCollection<EpisodeId> ids);
}

/// <summary>Episodes in memory.</summary>
public sealed class EpisodesInMemory(IEnumerable<Episode> episodes, EpisodeDigester digester) : IMiningInput
{
    private readonly SortedDictionary<EpisodeId, Episode> _episodes = new(episodes.ToDictionary(e => e.Id));

    public IEnumerable<EpisodeDigest> Digests() => _episodes.Values.Select(digester.Digest);

    public IEnumerable<EpisodeSteps> Steps() =>
        _episodes.Values.Select(digester.Digest).Where(d => d.MayTeach).Select(d => new EpisodeSteps(d.Id, d.Steps));

    public IEnumerable<Episode> Episodes(IReadOnlyCollection<EpisodeId> ids) => ids.Order().Select(id => _episodes[id]);
}
