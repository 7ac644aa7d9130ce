using System.Globalization;
using Quartz;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// When a tenant's nights are due. Everything follows from the clock and the cron expression alone, so that the same
/// night gets the same identity however often, and however late, it is asked for.
/// </summary>
public sealed class NightTimes(TenantSchedule tenant)
{
    private readonly CronExpression _cron = CronExpression.Parse(tenant.Cron).WithTimeZone(tenant.Zone);

    public DateTimeOffset? Next(DateTimeOffset now) => _cron.GetNextValidTimeAfter(now);

    /// <summary>The last due time that has come.</summary>
    public DateTimeOffset? Last(DateTimeOffset now) => _cron.GetPreviousValidTimeBefore(now.AddSeconds(1));

    /// <summary>The day in the tenant's zone to which a due time belongs.</summary>
    public DateOnly NightOf(DateTimeOffset due) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(due, tenant.Zone).DateTime);

    /// <summary>1 for the first due time of its day, 2 for the second and so on.</summary>
    public int OrdinalOf(DateTimeOffset due)
    {
        var ordinal = 1;
        for (
            var earlier = _cron.GetPreviousValidTimeBefore(due);
            earlier is { } at && NightOf(at) == NightOf(due);
            earlier = _cron.GetPreviousValidTimeBefore(at)
        )
        {
            ordinal++;
        }

        return ordinal;
    }
}

/// <summary>A plain cron expression in words; any other as it is.</summary>
internal static class CronWords
{
    public static string Of(string cron)
    {
        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (
            fields is not ["0", var minute, var hour, "?" or "*", "*", var days]
            || !Number(minute, out var m)
            || !Number(hour, out var h)
        )
        {
            return $"cron {cron}";
        }

        var time = $"{h:d2}:{m:d2}";
        return days is "?" or "*" ? $"{time} every day"
            : Weekdays.TryParse(days, out var on) ? $"{time} on {on}"
            : $"cron {cron}";
    }

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
