namespace Distiller.Jobs.Scheduling;

/// <summary>Instants of local times, where clocks are put forward and back.</summary>
internal static class ZoneClock
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// The first instant at which the clocks of a zone read a time or a later one: the end of the gap for a time that is
    /// left out, the first of two for a time that comes twice. Follows from offsets of instants alone, which are never
    /// ambiguous.
    /// </summary>
    public static DateTimeOffset First(TimeZoneInfo zone, DateTime local)
    {
        var middle = new DateTimeOffset(local, TimeSpan.Zero);
        var (low, high) = (middle - Day, middle + Day);
        var (before, after) = (zone.GetUtcOffset(low), zone.GetUtcOffset(high));
        var byOld = new DateTimeOffset(local, before);
        if (before == after)
        {
            return byOld;
        }

        while (high - low > TimeSpan.FromTicks(1))
        {
            var half = low + ((high - low) / 2);
            if (zone.GetUtcOffset(half) == before)
            {
                low = half;
            }
            else
            {
                high = half;
            }
        }

        var change = high.ToOffset(after);
        var byNew = new DateTimeOffset(local, after);
        return byOld < change ? byOld
            : byNew < change ? change
            : byNew;
    }
}
