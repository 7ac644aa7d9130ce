namespace Distiller.Mining.Patterns;

/// <summary>
/// The tool calls of an episode as steps: thinking tools dropped, calls of one tool in a row are one step. Looking up three
/// reservations one after another is one step of a procedure.
/// </summary>
internal static class ToolSequence
{
    public static List<ToolUse> Of(Episode episode, PatternOptions options)
    {
        var steps = new List<ToolUse>();
        for (var t = 0; t < episode.Turns.Count; t++)
        {
            foreach (var call in episode.Turns[t].ToolCalls.Where(c => !options.ThinkingTools.Contains(c.Name)))
            {
                if (steps.Count > 0 && steps[^1].Tool == call.Name)
                {
                    steps[^1].Add(call, t);
                }
                else if (steps.Count == options.StepsPerEpisodeMax)
                {
                    return steps;
                }
                else
                {
                    steps.Add(new ToolUse(call, t));
                }
            }
        }

        return steps;
    }

    /// <summary>
    /// Positions of the first occurrence of <paramref name="items"/> with at most <paramref name="gapMax"/> other steps between
    /// neighbours; null if there is none.
    /// </summary>
    public static int[]? FirstOccurrence(IReadOnlyList<int> sequence, IReadOnlyList<int> items, int gapMax) =>
        NextOccurrence(sequence, items, gapMax, 0);

    /// <summary>The same for the first occurrence that begins at <paramref name="from"/> or later.</summary>
    public static int[]? NextOccurrence(IReadOnlyList<int> sequence, IReadOnlyList<int> items, int gapMax, int from)
    {
        var positions = new int[items.Count];
        for (var start = from; start < sequence.Count; start++)
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
