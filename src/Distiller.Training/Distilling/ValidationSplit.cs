namespace Distiller.Training.Distilling;

/// <summary>
/// Takes validation rows from the training rows: whole tasks in a seeded order, until they hold the wanted tokens or a tenth
/// of all, but one task at least. A task's rows are alike, so a task that also taught would tell nothing.
/// </summary>
/// <param name="Train">The rows of the other tasks, in their order.</param>
/// <param name="Validation">In their order, too.</param>
internal sealed record ValidationSplit(IReadOnlyList<TrainingExample> Train, IReadOnlyList<TrainingExample> Validation)
{
    private const int ShareMax = 10;

    /// <exception cref="BadInputException">All rows with loss are of one task.</exception>
    public static ValidationSplit Of(IReadOnlyList<TrainingExample> rows, int tokens, ulong seed)
    {
        var tasks = rows.Where(r => PackedRows.ComputedTokens(r) > 0)
            .GroupBy(TaskOf, StringComparer.Ordinal)
            .Select(t => (Name: t.Key, Tokens: t.Sum(r => (long)PackedRows.ComputedTokens(r))))
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .ToArray();
        if (tasks.Length < 2)
        {
            throw new BadInputException(
                new SourceLocation("training examples", 0),
                "They are of one task: none can be kept for validation.",
                "Leave out --validate-every, or collect more tasks."
            );
        }

        var order = Enumerable.Range(0, tasks.Length).ToArray();
        new SplitMix64(seed, "validation").Shuffle(order);
        var limit = Math.Min(tokens, tasks.Sum(t => t.Tokens) / ShareMax);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var held = 0L;
        foreach (var (name, size) in order.Select(i => tasks[i]))
        {
            if (kept.Count == 0 || held + size <= limit)
            {
                kept.Add(name);
                held += size;
            }
        }

        return new ValidationSplit(
            [.. rows.Where(r => !kept.Contains(TaskOf(r)))],
            [.. rows.Where(r => kept.Contains(TaskOf(r)))]
        );
    }

    private static string TaskOf(TrainingExample row) => row.TaskId.Length > 0 ? row.TaskId : row.EpisodeId.Value;
}
