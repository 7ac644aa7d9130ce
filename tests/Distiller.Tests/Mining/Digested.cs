using Distiller.Mining;
using Distiller.Mining.Digesting;
using Distiller.Mining.Examples;
using Distiller.Mining.Patterns;

namespace Distiller.Tests.Mining;

/// <summary>Lets the parts of mining, which work on digests, be given episodes.</summary>
internal static class Digested
{
    public static IReadOnlyList<EpisodeDigestRow> Of(IEnumerable<Episode> episodes, MiningOptions? options = null) =>
        [.. Rows(episodes, Digester(options))];

    public static EpisodesInMemory InMemory(IEnumerable<Episode> episodes, MiningOptions? options = null) =>
        new(episodes, Digester(options));

    public static MiningResult Run(this Miner miner, IEnumerable<Episode> episodes) => miner.Run(InMemory(episodes));

    public static PatternMining Mine(
        this PatternMiner miner,
        IEnumerable<Episode> episodes,
        IReadOnlyDictionary<string, string>? groupOf = null
    )
    {
        var input = InMemory(episodes);
        return miner.Mine(input.Digests(), input.Steps, groupOf);
    }

    public static ExampleSet Build(this ExampleBuilder builder, IEnumerable<Episode> episodes)
    {
        var input = InMemory(episodes);
        return builder.Build(input.Digests().Where(d => d.MayTeach), input.Episodes);
    }

    private static IEnumerable<EpisodeDigestRow> Rows(IEnumerable<Episode> episodes, EpisodeDigester digester) =>
        episodes.Select(e => digester.Digest(e));

    private static EpisodeDigester Digester(MiningOptions? options) =>
        new(Logged.CountTokens, DigestOptions.Of(options ?? new MiningOptions()));
}

/// <summary>Episodes in memory.</summary>
internal sealed class EpisodesInMemory(IEnumerable<Episode> episodes, EpisodeDigester digester) : IMiningInput
{
    private readonly SortedDictionary<EpisodeId, Episode> _episodes = new(episodes.ToDictionary(e => e.Id));

    public IEnumerable<EpisodeDigest> Digests() => _episodes.Values.Select(e => digester.Digest(e));

    public IEnumerable<EpisodeSteps> Steps() =>
        _episodes
            .Values.Select(e => digester.Digest(e))
            .Where(d => d.MayTeach)
            .Select(d => new EpisodeSteps(d.Id, d.Steps));

    public IEnumerable<Episode> Episodes(IReadOnlyCollection<EpisodeId> ids) => ids.Order().Select(id => _episodes[id]);
}
