namespace Distiller.Evaluation;

/// <summary>
/// Completes the arms that route. A router has two sessions, each of which sees the tasks of its own side only. The side with
/// retrieval was worked; the other side is taken from the arm that it falls back to, and is what a run of its own would give:
/// that arm has one system prompt, to which its session is cut back after every task, so that what it answers does not depend
/// on the tasks before. Only the first task of the side finds an empty cache, and is billed so.
/// </summary>
internal static class RoutedArms
{
    /// <summary>
    /// For each arm the code of the arm that is worked for it: itself, or an earlier router with the same retrieval, since the
    /// side without the adapter is one and the same.
    /// </summary>
    public static IReadOnlyDictionary<string, string> WorkedOnce(IReadOnlyList<TrialArm> arms) =>
        arms.ToDictionary(
            a => a.Code,
            a =>
                a.Otherwise is null
                    ? a.Code
                    : arms.First(o => o.Otherwise is not null && Equals(o.Selection, a.Selection)).Code,
            StringComparer.Ordinal
        );

    /// <param name="worked">Per arm its entries, in the order of the tasks; null where nothing was worked.</param>
    /// <returns>Arm by arm, tasks in their order.</returns>
    public static IReadOnlyList<TrialEntry> Compose(
        IReadOnlyList<TrialArm> arms,
        IReadOnlyList<IReadOnlyList<TrialEntry?>?> worked
    )
    {
        var workedFor = WorkedOnce(arms);
        var byCode = arms.Zip(worked).ToDictionary(p => p.First.Code, p => p.Second, StringComparer.Ordinal);
        return [.. arms.SelectMany(Of)];

        IEnumerable<TrialEntry> Of(TrialArm arm)
        {
            var own = byCode[workedFor[arm.Code]]!;
            if (arm.Otherwise is null)
            {
                return own.Select(e => e!);
            }

            var other = byCode.GetValueOrDefault(arm.Otherwise) ?? throw Missing(arm);
            var first = own.Index().FirstOrDefault(e => e.Item is null, (-1, null)).Index;
            return own.Select(
                (entry, i) =>
                    entry is null ? Served(arm, arm.Otherwise, i == first ? Cold(other[i]!) : other[i]!)
                    : workedFor[arm.Code] == arm.Code ? entry
                    : Served(arm, workedFor[arm.Code], entry)
            );
        }
    }

    private static TrialEntry Served(TrialArm arm, string by, TrialEntry entry) =>
        new(
            entry.Row with
            {
                Arm = arm.Code,
                ServedBy = by,
            },
            [.. entry.Requests.Select(r => r with { Arm = arm.Code })],
            []
        );

    /// <summary>The same task at the beginning of a session: nothing of its first prompt is in the cache.</summary>
    private static TrialEntry Cold(TrialEntry entry)
    {
        if (entry.Requests.Count == 0)
        {
            return entry;
        }

        var first = entry.Requests[0];
        return new TrialEntry(
            entry.Row with
            {
                CacheReadTokens = entry.Row.CacheReadTokens - first.CacheReadTokens,
                CacheWriteTokens = entry.Row.CacheWriteTokens + first.CacheReadTokens,
            },
            [
                first with
                {
                    CacheReadTokens = 0,
                    CacheWriteTokens = first.CacheWriteTokens + first.CacheReadTokens,
                },
                .. entry.Requests.Skip(1),
            ],
            []
        );
    }

    private static ArgumentException Missing(TrialArm arm) =>
        new($"{arm.Code} falls back to {arm.Otherwise}, which is not among the arms.");
}
