namespace Distiller.Lake;

/// <summary>Episodes in one Parquet file, in order: what a stage hands to the next, beside the append-only store.</summary>
public static class EpisodeFile
{
    /// <summary>Writes the file atomically and returns how many episodes it has.</summary>
    public static long Write(string path, IEnumerable<Episode> episodes) =>
        ParquetFile.Write(path, episodes.Select(e => EpisodeRow.From(e, EpisodeSource.None, generation: 0)));

    /// <summary>Streams the episodes.</summary>
    public static IEnumerable<Episode> Read(string path) =>
        ParquetFile.Read<EpisodeRow>(path).Select(r => r.ToEpisode());

    /// <summary>Streams the episodes' ids alone.</summary>
    public static IEnumerable<EpisodeId> ReadIds(string path) =>
        ParquetFile.Read<IdRow>(path).Select(r => new EpisodeId(r.Id));
}
