namespace Distiller.Mining.Patterns;

/// <summary>
/// The tool calls of an episode as steps: thinking tools dropped, calls of one tool in a row are one step. Looking up three
/// reservations one after another is one step of a procedure.
/// </summary>
internal static class ToolSequence
{
    /// <param name="thinkingTools">See <see cref="PatternOptions.ThinkingTools"/>.</param>
    /// <param name="stepsMax">Steps from the start that are looked at.</param>
    public static List<ToolUse> Of(Episode episode, IReadOnlySet<string> thinkingTools, int stepsMax)
    {
        var steps = new List<ToolUse>();
        for (var t = 0; t < episode.Turns.Count; t++)
        {
            foreach (var call in episode.Turns[t].ToolCalls.Where(c => !thinkingTools.Contains(c.Name)))
            {
                var name = StepName.Of(call);
                if (steps.Count > 0 && steps[^1].Tool == name)
                {
                    steps[^1].Add(call, t);
                }
                else if (steps.Count == stepsMax)
                {
                    return steps;
                }
                else
                {
                    steps.Add(new ToolUse(name, call, t));
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

/// <summary>A step of an episode: calls of one tool in a row.</summary>
/// <param name="name">See <see cref="StepName"/>.</param>
/// <param name="turn">Index of the turn that makes the first of them.</param>
internal sealed class ToolUse(string name, ToolCall call, int turn)
{
    public string Tool { get; } = name;

    public List<ToolCall> Calls { get; } = [call];

    public int FirstTurn { get; } = turn;

    public int LastTurn { get; private set; } = turn;

    public void Add(ToolCall call, int turn)
    {
        Calls.Add(call);
        LastTurn = turn;
    }
}

/// <summary>Numbers for names, in order of first sight.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public int Count => _names.Count;

    public string this[int number] => _names[number];

    public int Number(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _numbers.Add(name, number);
            _names.Add(name);
        }

        return number;
    }
}
