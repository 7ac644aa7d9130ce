using Distiller.Logs.Scrubbing;

namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>Joins a stored episode with lines of the same session that it lacks.</summary>
internal static class ClaudeMerge
{
    /// <summary>
    /// The new lines come last. Their placeholders are counted on from the stored ones: which secret stood behind those
    /// is known to nobody any more.
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
            Turns = ClaudeTurns.Merge(stored.Turns.Concat(more.Turns.Select(t => Shift(t, highest)))),
            Requests = ClaudeRequests.Merge(stored.Requests.Concat(more.Requests)),
            Events = events,
            Model = stored.Model ?? more.Model,
            StartedAt =
                stored.StartedAt is { } a && more.StartedAt is { } b && b < a ? b : stored.StartedAt ?? more.StartedAt,
        };
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
}
