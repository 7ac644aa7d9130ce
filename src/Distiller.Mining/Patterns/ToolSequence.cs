namespace Distiller.Mining.Patterns;

/// <summary>
/// The tool calls of an episode as steps: thinking tools dropped, calls of one tool in a row are one step. Looking up three
/// reservations one after another is one step of a procedure.
/// </summary>
internal static class ToolSequence
{
    public static List<(string Tool, List<ToolCall> Calls)> Of(Episode episode, PatternOptions options)
    {
        var steps = new List<(string Tool, List<ToolCall> Calls)>();
        foreach (var call in episode.Turns.SelectMany(t => t.ToolCalls))
        {
            if (options.ThinkingTools.Contains(call.Name))
            {
                continue;
            }

            if (steps.Count > 0 && steps[^1].Tool == call.Name)
            {
                steps[^1].Calls.Add(call);
            }
            else if (steps.Count == options.StepsPerEpisodeMax)
            {
                break;
            }
            else
            {
                steps.Add((call.Name, [call]));
            }
        }

        return steps;
    }

    /// <summary>
    /// Positions of the first occurrence of <paramref name="items"/> with at most <paramref name="gapMax"/> other steps between
    /// neighbours; null if there is none.
    /// </summary>
    public static int[]? FirstOccurrence(IReadOnlyList<int> sequence, IReadOnlyList<int> items, int gapMax)
    {
        var positions = new int[items.Count];
        for (var start = 0; start < sequence.Count; start++)
        {
            if (sequence[start] == items[0] && Follows(sequence, items, gapMax, positions, 0, start))
            {
                return positions;
            }
        }

        return null;
    }

    private static bool Follows(
        IReadOnlyList<int> sequence,
        IReadOnlyList<int> items,
        int gapMax,
        int[] positions,
        int at,
        int position
    )
    {
        positions[at] = position;
        if (at + 1 == items.Count)
        {
            return true;
        }

        var last = Math.Min(sequence.Count - 1, position + 1 + gapMax);
        for (var next = position + 1; next <= last; next++)
        {
            if (sequence[next] == items[at + 1] && Follows(sequence, items, gapMax, positions, at + 1, next))
            {
                return true;
            }
        }

        return false;
    }
}
