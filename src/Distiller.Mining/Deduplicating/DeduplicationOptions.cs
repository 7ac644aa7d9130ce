using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Mining.Deduplicating;

public sealed record DeduplicationOptions
{
    /// <summary>
    /// Estimated Jaccard similarity of two episodes (user's words and tool sequence, numbers masked) from which their tasks
    /// count as the same. Sample workloads whose tasks are written from few templates want it near 1.
    /// </summary>
    [Setting("similarity", "Similarity from which two tasks count as the same; 1 for logs written from few templates")]
    [Range(0.01, 1.0)]
    public double SimilarityMin { get; init; } = 0.8;

    /// <summary>
    /// Estimated Jaccard similarity of the tool calls of two episodes, arguments included, from which their tasks count as the
    /// same: both work on the same records. Calls that many tasks make (listing a folder) do not count.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CallSimilarityMin { get; init; } = 0.5;

    /// <summary>Tasks that may make the very same call before it tells nothing.</summary>
    [Range(2, int.MaxValue)]
    public int TasksPerCallMax { get; init; } = 5;

    /// <summary>Telling calls an episode must hold to be compared by its calls.</summary>
    [Range(1, int.MaxValue)]
    public int CallsMin { get; init; } = 3;

    /// <summary>Words of an opening user turn from which two tasks that open with exactly the same text count as the same.</summary>
    [Range(1, int.MaxValue)]
    public int OpeningWordsMin { get; init; } = 12;
}
