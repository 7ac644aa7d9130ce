namespace Distiller.Logs;

/// <summary>Counts of one format while a collection runs.</summary>
internal sealed class FormatTally
{
    public long Stored { get; set; }

    public long Duplicates { get; set; }

    public long Quarantined { get; set; }

    public FormatReport Report(EpisodeCounts before, EpisodeCounts after)
    {
        var (a, b) = (after.Usage, before.Usage);
        return new FormatReport(
            Stored + Duplicates + Quarantined,
            Stored,
            Duplicates,
            Quarantined,
            after.Episodes - before.Episodes,
            after.Turns - before.Turns,
            after.Requests - before.Requests,
            new UsageReport(
                a.Input - b.Input,
                a.CacheRead - b.CacheRead,
                a.CacheWrite - b.CacheWrite,
                a.Output - b.Output
            )
        );
    }
}
