namespace Distiller.Lake.Catalog;

/// <summary>The counts of one day.</summary>
/// <param name="Day">Midnight in UTC.</param>
internal sealed record DayRow(
    DateTimeOffset? Day,
    long Episodes,
    long Succeeded,
    long Failed,
    long Unknown,
    long Input,
    long CacheRead,
    long CacheWrite,
    long Output
);
