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

        mismatches.AddRange(Served(rows, requests));
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

    /// <summary>A row that a router took from another arm must say what that arm's row says.</summary>
    private static IEnumerable<FigureMismatch> Served(IReadOnlyList<TrialRow> rows, IReadOnlyList<RequestRow> requests)
    {
        var byTask = rows.ToLookup(r => (r.Arm, r.TaskId));
        var answers = requests.ToLookup(r => (r.Arm, r.TaskId), r => (r.Request, r.OutputTokens, r.IsCut, r.Answer));
        foreach (var row in rows.Where(r => r.ServedBy.Length > 0))
        {
            var source = byTask[(row.ServedBy, row.TaskId)].FirstOrDefault();
            if (source is null || Said(row) != Said(source))
            {
                yield return new FigureMismatch(
                    Place(row, "servedBy"),
                    Said(row),
                    source is null ? "no such row" : Said(source)
                );
            }
            else if (!answers[(row.Arm, row.TaskId)].SequenceEqual(answers[(row.ServedBy, row.TaskId)]))
            {
                yield return new FigureMismatch(Place(row, "answers"), "other answers", $"those of {row.ServedBy}");
            }
        }
    }

    /// <summary>What does not depend on which session found the prompt in its cache.</summary>
    private static string Said(TrialRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Solved} {row.Reason} {row.Requests} {row.CacheReadTokens + row.CacheWriteTokens} {row.OutputTokens} {row.EmbeddingTokens}"
        );

    private static string Place(TrialRow row, string column) => $"rows.{row.Arm}.{row.TaskId}.{column}";
}
