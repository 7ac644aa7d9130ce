namespace Distiller.Mining.Patterns;

/// <summary>What of a labelled training episode the miner keeps in memory.</summary>
/// <param name="Tools">Numbers of its tools, step by step.</param>
/// <param name="Words">Distinct words of its user, as numbers; empty for an episode that does not teach.</param>
/// <param name="OutputTokens">Tokens of its assistant turns; 0 for an episode that does not teach.</param>
internal sealed record EpisodeDigest(
    EpisodeId Id,
    string Task,
    bool Teaches,
    int[] Tools,
    int[] Words,
    int OutputTokens,
    DateTimeOffset? Time
);
