namespace Distiller.Mining.Deduplicating;

public sealed record DeduplicationOptions
{
    /// <summary>
    /// Estimated Jaccard similarity of two episodes (user's words and tool sequence, numbers masked) from which their tasks
    /// count as the same; above 0, at most 1. Sample workloads whose tasks are written from few templates want it near 1.
    /// </summary>
    public double SimilarityMin { get; init; } = 0.8;

    /// <summary>
    /// Estimated Jaccard similarity of the tool calls of two episodes, arguments included, from which their tasks count as the
    /// same: both work on the same records. Calls that many tasks make (listing a folder) do not count. Above 0, at most 1.
    /// </summary>
    public double CallSimilarityMin { get; init; } = 0.5;

    /// <summary>Tasks that may make the very same call before it tells nothing; at least 2.</summary>
    public int TasksPerCallMax { get; init; } = 5;

    /// <summary>Telling calls an episode must hold to be compared by its calls; at least 1.</summary>
    public int CallsMin { get; init; } = 3;

    /// <summary>Words of an opening user turn from which two tasks that open with exactly the same text count as the same.</summary>
    public int OpeningWordsMin { get; init; } = 12;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SimilarityMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SimilarityMin, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CallSimilarityMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CallSimilarityMin, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TasksPerCallMax, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(CallsMin, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpeningWordsMin, 1);
    }
}
