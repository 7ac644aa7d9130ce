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
