namespace Distiller.Lake;

/// <summary>How much the lake holds. A request that several episodes tell of counts once.</summary>
/// <param name="Sessions">A session that is stored in parts counts once, and so does each of its sub-agents.</param>
/// <param name="Formats">The same, per format; their sum is the whole.</param>
public sealed record EpisodeCounts(
    long Episodes,
    long Sessions,
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
        new(0, 0, 0, 0, default, 0, 0, 0, new SortedDictionary<string, EpisodeCounts>(StringComparer.Ordinal));

    internal static EpisodeCounts Of(IEnumerable<CountRow> rows)
    {
        var formats = new SortedDictionary<string, EpisodeCounts>(StringComparer.Ordinal);
        foreach (var r in rows)
        {
            var usage = new Usage(r.Input, r.CacheRead, r.CacheWrite, r.Output);
            formats[r.Format] = new EpisodeCounts(
                r.Episodes,
                r.Sessions,
                r.Turns,
                r.Requests,
                usage,
                r.Succeeded,
                r.Failed,
                r.Unknown,
                Zero.Formats
            );
        }

        return formats.Values.Aggregate(
            Zero with
            {
                Formats = formats,
            },
            (a, b) =>
                new EpisodeCounts(
                    a.Episodes + b.Episodes,
                    a.Sessions + b.Sessions,
                    a.Turns + b.Turns,
                    a.Requests + b.Requests,
                    a.Usage + b.Usage,
                    a.Succeeded + b.Succeeded,
                    a.Failed + b.Failed,
                    a.Unknown + b.Unknown,
                    formats
                )
        );
    }
}

/// <summary>The counts of one format.</summary>
internal sealed record CountRow(
    string Format,
    long Episodes,
    long Sessions,
    long Turns,
    long Requests,
    long Input,
    long CacheRead,
    long CacheWrite,
    long Output,
    long Succeeded,
    long Failed,
    long Unknown
);

internal sealed record ProjectRow(string Project);

internal sealed record NewestRow
{
    public DateTimeOffset? StartedAt { get; init; }
}
