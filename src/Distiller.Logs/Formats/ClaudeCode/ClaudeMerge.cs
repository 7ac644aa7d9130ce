using Distiller.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>Puts together what several lines, or several files, tell of one session.</summary>
internal static class ClaudeMerge
{
    /// <summary>
    /// Adds lines that a stored episode of the same session lacks; they come last. Their placeholders are numbered on from
    /// the stored ones, because the secrets behind those are not kept and cannot be compared.
    /// </summary>
    public static Episode Join(Episode stored, Episode more)
    {
        var highest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var turn in stored.Turns)
        {
            Placeholders.Count(turn.Text, highest);
            foreach (var call in turn.ToolCalls)
            {
                Placeholders.Count(call.ArgumentsJson, highest);
            }
        }

        var events = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (kind, count) in stored.Events.Concat(more.Events))
        {
            events[kind] = events.GetValueOrDefault(kind) + count;
        }

        return stored with
        {
            Turns = Turns(stored.Turns.Concat(more.Turns.Select(t => Shift(t, highest)))),
            Requests = ClaudeRequest.Merge(stored.Requests.Concat(more.Requests)),
            Events = events,
            Model = stored.Model ?? more.Model,
            StartedAt =
                stored.StartedAt is { } a && more.StartedAt is { } b && b < a ? b : stored.StartedAt ?? more.StartedAt,
        };
    }

    /// <summary>Consecutive assistant lines of one request (a text, then a tool call) are one turn.</summary>
    public static List<Turn> Turns(IEnumerable<Turn> lines)
    {
        var turns = new List<Turn>();
        foreach (var turn in lines)
        {
            if (
                turns.Count > 0
                && turn.Role == TurnRole.Assistant
                && turn.RequestId is not null
                && turns[^1] is { Role: TurnRole.Assistant } last
                && last.RequestId == turn.RequestId
            )
            {
                turns[^1] = last with
                {
                    Text = JoinTexts(last.Text, turn.Text),
                    ToolCalls = [.. last.ToolCalls, .. turn.ToolCalls],
                };
            }
            else
            {
                turns.Add(turn);
            }
        }

        return turns;
    }

    private static Turn Shift(Turn turn, Dictionary<string, int> by) =>
        turn with
        {
            Text = Placeholders.Shift(turn.Text, by),
            ToolCalls =
            [
                .. turn.ToolCalls.Select(c => c with { ArgumentsJson = Placeholders.Shift(c.ArgumentsJson, by) }),
            ],
        };

    private static string JoinTexts(string a, string b) =>
        a.Length == 0 ? b
        : b.Length == 0 ? a
        : $"{a}\n{b}";
}
