namespace Distiller.Mining.Outcomes;

/// <summary>What the calls of an episode gave.</summary>
internal static class ToolResults
{
    /// <summary>The results by the id of their call; of two for one call the later.</summary>
    public static IReadOnlyDictionary<string, Turn> Of(Episode episode)
    {
        var results = new Dictionary<string, Turn>(StringComparer.Ordinal);
        foreach (var turn in episode.Turns)
        {
            if (turn is { Role: TurnRole.Tool, ToolCallId: { } id })
            {
                results[id] = turn;
            }
        }

        return results;
    }
}
