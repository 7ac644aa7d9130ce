using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>Sorts rows by arm and checks that each arm worked the very same tasks.</summary>
internal static class WorkedArms
{
    /// <summary>
    /// Groups rows by arm, in the order of the codes; the tasks of each arm are in the order of their ids.
    /// </summary>
    public static SortedDictionary<string, IReadOnlyList<WorkedTask>> Of(
        IReadOnlyList<TrialRow> rows,
        IReadOnlyList<RequestRow> requests
    )
    {
        var byTask = requests.ToLookup(r => (r.Arm, r.TaskId));
        var arms = new SortedDictionary<string, IReadOnlyList<WorkedTask>>(StringComparer.Ordinal);
        foreach (var arm in rows.GroupBy(r => r.Arm, StringComparer.Ordinal))
        {
            arms[arm.Key] =
            [
                .. arm.OrderBy(r => r.TaskId, StringComparer.Ordinal)
                    .Select(r => new WorkedTask(r, [.. byTask[(r.Arm, r.TaskId)].OrderBy(q => q.Request)])),
            ];
        }

        if (arms.Count == 0)
        {
            throw Bad("There are none.");
        }

        var first = arms.First();
        RefuseTwins(first.Value);
        foreach (var (arm, tasks) in arms)
        {
            if (!tasks.Select(Identity).SequenceEqual(first.Value.Select(Identity)))
            {
                throw Bad($"{arm} and {first.Key} did not work the same tasks.");
            }
        }

        return arms;
    }

    private static (string, string, string) Identity(WorkedTask task) =>
        (task.Row.TaskId, task.Row.Family, task.Row.Stratum);

    private static void RefuseTwins(IReadOnlyList<WorkedTask> tasks)
    {
        for (var i = 1; i < tasks.Count; i++)
        {
            if (tasks[i].Row.TaskId == tasks[i - 1].Row.TaskId)
            {
                throw Bad($"{tasks[i].Row.Arm} has task {tasks[i].Row.TaskId} twice.");
            }
        }
    }

    private static BadInputException Bad(string reason) =>
        new(new SourceLocation("trial rows", 0), reason, "Run the arms again.");
}

/// <summary>A task as one arm worked it, with its requests in their order.</summary>
internal sealed record WorkedTask(TrialRow Row, IReadOnlyList<RequestRow> Requests)
{
    public long Tokens => Row.InputTokens + Row.CacheReadTokens + Row.CacheWriteTokens + Row.OutputTokens;

    public double Usd(Price price) =>
        Requests.Sum(r => Billing.Usd(price, r)) + Billing.Usd(price, Row.EmbeddingTokens);
}
