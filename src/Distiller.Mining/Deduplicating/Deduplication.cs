namespace Distiller.Mining.Deduplicating;

/// <summary>What <see cref="Deduplicator"/> found.</summary>
/// <param name="Duplicates">Episodes that repeat another word for word, with the one that stays.</param>
/// <param name="GroupOf">For every task the name of its group: the ordinally first task in it.</param>
public sealed record Deduplication(
    IReadOnlyDictionary<EpisodeId, EpisodeId> Duplicates,
    IReadOnlyDictionary<string, string> GroupOf
)
{
    public int Groups => GroupOf.Values.Distinct(StringComparer.Ordinal).Count();
}
