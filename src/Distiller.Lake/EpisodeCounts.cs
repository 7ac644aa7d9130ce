namespace Distiller.Lake;

/// <summary>How much the lake holds. A request that several episodes tell of counts once.</summary>
/// <param name="Formats">The same, per format; their sum is the whole.</param>
public sealed record EpisodeCounts(
    long Episodes,
    long Turns,
    long Requests,
    Usage Usage,
    long Succeeded,
    long Failed,
    long Unknown,
    IReadOnlyDictionary<string, EpisodeCounts> Formats
)
{
    public static EpisodeCounts Zero { get; } =
        new(0, 0, 0, default, 0, 0, 0, new SortedDictionary<string, EpisodeCounts>(StringComparer.Ordinal));
}
