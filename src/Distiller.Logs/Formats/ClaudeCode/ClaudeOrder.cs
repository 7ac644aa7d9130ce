namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// The lines of a session in the order in which they were said: by time, but never before the line they answer. A line
/// without a time keeps its place behind the one before it. A log that does not link its lines keeps its order: it was written
/// as it was said.
/// </summary>
internal static class ClaudeOrder
{
    public static IReadOnlyList<ClaudeRecord> Of(IReadOnlyList<ClaudeRecord> records)
    {
        if (!ClaudeBranch.AreLinked(records))
        {
            return records;
        }

        var times = new DateTimeOffset[records.Count];
        var byUuid = new Dictionary<string, int>(StringComparer.Ordinal);
        var last = DateTimeOffset.MinValue;
        for (var i = 0; i < records.Count; i++)
        {
            last = times[i] = records[i].Time ?? last;
            if (records[i].Uuid is { } uuid)
            {
                byUuid.TryAdd(uuid, i);
            }
        }

        // Parents stand before their children here, so that equal times do not part them.
        var settled = new List<int>(records.Count);
        var seen = new bool[records.Count];
        for (var i = 0; i < records.Count; i++)
        {
            Settle(i, records, times, byUuid, seen, settled);
        }

        return [.. settled.OrderBy(i => times[i]).Select(i => records[i])];
    }

    /// <summary>Brings a line and those it answers to times that do not fall; parents may form a circle in a hostile log.</summary>
    private static void Settle(
        int from,
        IReadOnlyList<ClaudeRecord> records,
        DateTimeOffset[] times,
        Dictionary<string, int> byUuid,
        bool[] seen,
        List<int> settled
    )
    {
        var chain = new Stack<int>();
        var at = from;
        while (!seen[at])
        {
            seen[at] = true;
            chain.Push(at);
            if (records[at].Parent is not { } parent || !byUuid.TryGetValue(parent, out var next))
            {
                break;
            }

            at = next;
        }

        while (chain.TryPop(out var child))
        {
            settled.Add(child);
            if (
                records[child].Parent is { } parent
                && byUuid.TryGetValue(parent, out var above)
                && times[above] > times[child]
            )
            {
                times[child] = times[above];
            }
        }
    }
}
