namespace Distiller.Mining.Labelling;

/// <summary>
/// Decides which episodes teach: those that a judge called a success. An unknown outcome teaches nothing, because what the
/// student learns from must have worked.
/// </summary>
public static class Labeller
{
    public static EpisodeLabel Label(Episode episode)
    {
        var (kind, judge, _) = episode.Outcome;
        return kind switch
        {
            OutcomeKind.Failed => new(episode.Id, kind, false, $"It failed{By(judge)}."),
            OutcomeKind.Succeeded when !episode.Turns.Any(Speaks) => new(
                episode.Id,
                kind,
                false,
                $"It succeeded{By(judge)}, but its record holds no assistant turn to learn from."
            ),
            OutcomeKind.Succeeded => new(episode.Id, kind, true, $"It succeeded{By(judge)}."),
            _ => new(episode.Id, OutcomeKind.Unknown, false, "Nobody has said whether it succeeded."),
        };
    }

    private static bool Speaks(Turn turn) =>
        turn.Role == TurnRole.Assistant && (turn.ToolCalls.Count > 0 || !string.IsNullOrWhiteSpace(turn.Text));

    private static string By(string judge) => judge.Length > 0 ? $" (judged by {judge})" : "";
}

/// <summary>What an episode may be used for, and why.</summary>
/// <param name="MayTeach">Whether patterns and training examples may be made from it.</param>
/// <param name="Reason">One sentence.</param>
public sealed record EpisodeLabel(EpisodeId Id, OutcomeKind Kind, bool MayTeach, string Reason)
{
    /// <summary>Whether a judge has said how it ended; only then does it count in a rate of success.</summary>
    public bool IsLabelled => Kind != OutcomeKind.Unknown;
}
