namespace Distiller.Lake;

/// <summary>Where an episode was read.</summary>
/// <param name="File">As the user named it.</param>
/// <param name="Sha256">Of the raw bytes of its records.</param>
/// <param name="Records">
/// Identities (64-bit hashes) of the source records in it, for formats that write an episode as many records; empty
/// otherwise. Such episodes can be copied and continued, so that two of them contain the same requests: their request ids
/// must be unique over all episodes of the format and tenant, and a request that several contain is counted once.
/// </param>
public sealed record EpisodeSource(string File, string Sha256, long[] Records)
{
    public static EpisodeSource None { get; } = new("", "", []);
}
