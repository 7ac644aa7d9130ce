using System.Globalization;

namespace Distiller.Jobs.Scheduling;

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
