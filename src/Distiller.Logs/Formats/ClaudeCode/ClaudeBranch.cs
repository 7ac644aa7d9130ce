namespace Distiller.Logs.Formats.ClaudeCode;

/// <summary>
/// Which lines of a session were said on branches that the user wound back from. A rewind shows as two requests that answer
/// the same line, or that both begin the session: the one that the session's last line goes back to is alive, and what
/// answers the others is not. Parallel tool calls also branch, but not at a request.
/// </summary>
internal static class ClaudeBranch
{
    /// <summary>Whether the log tells of each line which one it answers.</summary>
    public static bool AreLinked(IReadOnlyList<ClaudeRecord> records) =>
        records.Any(r => r.IsAssistant) && records.All(r => !r.IsAssistant || r.Parent is not null);

    /// <param name="records">In order.</param>
    /// <returns>Indices of the lines that are not on the live branch.</returns>
    public static IReadOnlySet<int> Abandoned(IReadOnlyList<ClaudeRecord> records)
    {
        var parents = Parents(records);
        var rivals = Enumerable
            .Range(0, records.Count)
            .Where(i => records[i].IsPrompt && parents[i] != Unknown)
            .GroupBy(i => parents[i])
            .Where(g => g.Count() > 1)
            .ToList();
        if (rivals.Count == 0)
        {
            return new HashSet<int>();
        }

        var alive = Ancestors(LastMessage(records), parents);
        var abandoned = new HashSet<int>();
        foreach (var group in rivals)
        {
            var stays = group.LastOrDefault(alive.Contains, group.Last());
            abandoned.UnionWith(group.Where(i => i != stays));
        }

        // A line that answers an abandoned one is abandoned; parents stand before their children here.
        for (var i = 0; i < records.Count; i++)
        {
            if (parents[i] >= 0 && abandoned.Contains(parents[i]))
            {
                abandoned.Add(i);
            }
        }

        return abandoned;
    }

    private const int Start = -1;
    private const int Unknown = -2;

    /// <summary>
    /// For each line the index of the one it answers. A line that names none answers the one before it, except a request where
    /// the log links all others: it begins the session anew.
    /// </summary>
    private static int[] Parents(IReadOnlyList<ClaudeRecord> records)
    {
        var byUuid = new Dictionary<string, int>(StringComparer.Ordinal);
        var links = AreLinked(records);
        var parents = new int[records.Count];
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            parents[i] =
                record.Parent is { } parent ? byUuid.GetValueOrDefault(parent, record.IsPrompt ? Unknown : i - 1)
                : record.IsPrompt ? (links ? Start : Unknown)
                : i - 1;
            if (record.Uuid is { } uuid)
            {
                byUuid[uuid] = i;
            }
        }

        return parents;
    }

    private static int LastMessage(IReadOnlyList<ClaudeRecord> records)
    {
        for (var i = records.Count - 1; i >= 0; i--)
        {
            if (records[i].Turns.Count > 0)
            {
                return i;
            }
        }

        return records.Count - 1;
    }

    private static HashSet<int> Ancestors(int from, int[] parents)
    {
        var ancestors = new HashSet<int>();
        for (var at = from; at >= 0 && ancestors.Add(at); at = parents[at] == Unknown ? at - 1 : parents[at]) { }
        return ancestors;
    }
}
