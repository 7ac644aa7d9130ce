using System.Globalization;

namespace Distiller.Evaluation;

/// <summary>Checks that the rows of tasks agree with the rows of their requests.</summary>
internal static class TrialRowCheck
{
    public static IReadOnlyList<FigureMismatch> Compare(
        IReadOnlyList<TrialRow> rows,
        IReadOnlyList<RequestRow> requests
    )
    {
        var byTask = requests.ToLookup(r => (r.Arm, r.TaskId));
        var mismatches = new List<FigureMismatch>();
        foreach (var row in rows)
        {
            var own = byTask[(row.Arm, row.TaskId)].ToList();
            Expect(row, "requests", row.Requests, own.Count);
            Expect(row, "inputTokens", row.InputTokens, 0);
            Expect(row, "cacheReadTokens", row.CacheReadTokens, own.Sum(r => (long)r.CacheReadTokens));
            Expect(row, "cacheWriteTokens", row.CacheWriteTokens, own.Sum(r => (long)r.CacheWriteTokens));
            Expect(row, "outputTokens", row.OutputTokens, own.Sum(r => (long)r.OutputTokens));
            if (row.Solved == (row.Reason.Length > 0))
            {
                mismatches.Add(new FigureMismatch(Place(row, "solved"), row.Solved ? "true" : "false", row.Reason));
            }
        }

        var known = rows.Select(r => (r.Arm, r.TaskId)).ToHashSet();
        mismatches.AddRange(
            requests
                .Where(r => !known.Contains((r.Arm, r.TaskId)))
                .Select(r => new FigureMismatch($"requests.{r.Arm}.{r.TaskId}", "a request", "no such task"))
        );
        return mismatches;

        void Expect(TrialRow row, string column, long stated, long counted)
        {
            if (stated != counted)
            {
                mismatches.Add(
                    new FigureMismatch(
                        Place(row, column),
                        stated.ToString(CultureInfo.InvariantCulture),
                        counted.ToString(CultureInfo.InvariantCulture)
                    )
                );
            }
        }
    }

    private static string Place(TrialRow row, string column) => $"rows.{row.Arm}.{row.TaskId}.{column}";
}
