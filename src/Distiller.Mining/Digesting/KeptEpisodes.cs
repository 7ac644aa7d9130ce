using Distiller.Mining.Reducing;

namespace Distiller.Mining.Digesting;

/// <summary>
/// Reduced episodes and their digests, computed once for each part of the store and kept from night to night: a new day's
/// parts are read and tokenized, of all others the digests.
/// </summary>
/// <param name="workspace">Open for writing.</param>
/// <param name="parts">Files of <see cref="ReducedEpisodeRow"/>, whose other episodes are passed over.</param>
/// <param name="current">The episodes that count.</param>
/// <param name="baseSha256">Of the base whose vocabulary counts the tokens.</param>
public sealed class KeptEpisodes(
    Workspace workspace,
    IReadOnlyList<string> parts,
    IEnumerable<CurrentEpisode> current,
    EpisodeDigester digester,
    string baseSha256,
    CancellationToken cancellation = default
) : IMiningInput
{
    private readonly Dictionary<string, CurrentEpisode> _current = current.ToDictionary(
        c => c.Id,
        StringComparer.Ordinal
    );
    private IReadOnlyList<string>? _digestFiles;

    private IReadOnlyList<string> DigestFiles =>
        _digestFiles ??= workspace.Kept.Make("digests", new { @base = baseSha256, digester.Recipe }, parts, Digest);

    public IEnumerable<EpisodeDigest> Digests()
    {
        var pool = new StringPool();
        foreach (var digest in ParquetFile.Read<EpisodeDigest>(DigestFiles).Where(d => IsCurrent(d.Id)))
        {
            pool.Share(digest.Tools);
            pool.Share(digest.Words);
            yield return digest;
        }
    }

    public IEnumerable<EpisodeSteps> Steps() =>
        ParquetFile.Read<EpisodeSteps>(DigestFiles).Where(s => s.Steps.Length > 0 && IsCurrent(s.Id));

    public IEnumerable<Episode> Episodes(IReadOnlyCollection<EpisodeId> ids) =>
        ParquetFile
            .ReadById<EpisodeRow>(parts, [.. ids.Select(i => i.Value)])
            .Select(row => _current[new EpisodeId(row.Id).Collected.Value].ToOwner(row.ToEpisode()));

    /// <summary>A task counts as long as the session that it was cut out of.</summary>
    private bool IsCurrent(string id) => _current.ContainsKey(new EpisodeId(id).Collected.Value);

    private IEnumerable<EpisodeDigestRow> Digest(string part)
    {
        foreach (var row in ParquetFile.Read<ReducedEpisodeRow>(part))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return digester.Digest(row.ToEpisode(), row.ToEvidence());
        }
    }
}
