namespace Distiller.Mining.Deduplicating;

public sealed record DeduplicationOptions
{
    /// <summary>
    /// Estimated Jaccard similarity of two episodes (user's words and tool sequence, numbers masked) from which their tasks
    /// count as the same; above 0, at most 1. Sample workloads whose tasks are written from few templates want it near 1.
    /// </summary>
    public double SimilarityMin { get; init; } = 0.8;

    /// <summary>Words of an opening user turn from which two tasks that open with exactly the same text count as the same.</summary>
    public int OpeningWordsMin { get; init; } = 12;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SimilarityMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SimilarityMin, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpeningWordsMin, 1);
    }
}
