namespace Distiller.Mining.Splitting;

/// <summary>On which side each task stands, fixed before anything is mined.</summary>
/// <param name="Tasks">By task, in ordinal order.</param>
public sealed record SplitAssignment(IReadOnlyDictionary<string, Split> Tasks, SplitMethod Method)
{
    public Split Of(Episode episode) => Tasks[episode.TaskId];

    public int Count(Split split) => Tasks.Values.Count(s => s == split);
}
