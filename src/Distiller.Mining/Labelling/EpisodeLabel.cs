namespace Distiller.Mining.Labelling;

/// <summary>What an episode may be used for, and why.</summary>
/// <param name="MayTeach">Whether patterns and training examples may be made from it.</param>
/// <param name="Reason">One sentence.</param>
public sealed record EpisodeLabel(EpisodeId Id, OutcomeKind Kind, bool MayTeach, string Reason)
{
    /// <summary>Whether a judge has said how it ended; only then does it count in a rate of success.</summary>
    public bool IsLabelled => Kind != OutcomeKind.Unknown;
}
