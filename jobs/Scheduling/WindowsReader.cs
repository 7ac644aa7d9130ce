using System.Globalization;
using System.Text.RegularExpressions;
using Distiller.Yaml;

namespace Distiller.Jobs.Scheduling;

/// <summary>Reads <c>windows</c> and <c>except</c> of a tenant.</summary>
internal static partial class WindowsReader
{
    private const int ExceptDaysMax = 366;
    private const string WindowsRemedy = "Write entries such as { from: '22:00', to: '06:00', days: mon-fri }.";
    private const string TimeRemedy = "Write a time from 00:00 to 24:00, such as 22:00.";

    private const string ExceptRemedy =
        "Write dates (2026-12-24), stretches of dates (2026-12-24 to 2027-01-01) or weekdays (sat).";

    public static OffPeakWindows Read(YamlMapping tenant, TimeZoneInfo zone)
    {
        var (dates, weekdays) = tenant.Has("except") ? Except(tenant) : ([], default);
        if (!tenant.Has("windows"))
        {
            return dates.Count == 0 && weekdays.IsEmpty
                ? OffPeakWindows.Always(zone)
                : throw tenant.Bad(
                    "except",
                    "it excludes days from no window.",
                    "Add 'windows'; { from: '00:00', to: '24:00' } is the whole day."
                );
        }

        if (weekdays == Weekdays.All)
        {
            throw tenant.Bad("except", "it excludes every day: no window ever opens.", "Leave a day of the week.");
        }

        var windows = tenant.Mappings("windows", WindowsRemedy).Select(w => Window(w, weekdays)).ToList();
        return new OffPeakWindows(zone, windows, dates);
    }

    private static OffPeakWindow Window(YamlMapping node, Weekdays except)
    {
        var (from, to) = (Time(node, "from"), Time(node, "to"));
        if (from == TimeSpan.FromDays(1))
        {
            throw node.Bad("from", "a window cannot begin at 24:00.", "Write 00:00, and mind the day.");
        }

        if (from == to)
        {
            throw node.Bad(
                "to",
                "the window ends when it begins: it never opens.",
                "For a whole day write from: '00:00', to: '24:00'."
            );
        }

        var days = Weekdays.All;
        if (node.Has("days"))
        {
            const string Remedy = "Write days of the week, such as mon-fri or [sat, sun].";
            days = default;
            foreach (var (text, place) in node.Texts("days", Remedy))
            {
                days = Weekdays.TryParse(text, out var some)
                    ? days.With(some)
                    : throw node.Bad(place, $"'days': '{text}' is no day of the week.", Remedy);
            }
        }

        node.RefuseOthers();
        var left = days.Without(except);
        return left.IsEmpty
            ? throw node.Bad(
                node.Place,
                "This window never opens: all of its days are excluded.",
                "Remove it, or give it other days."
            )
            : new OffPeakWindow(from, to, left);
    }

    private static TimeSpan Time(YamlMapping node, string key) =>
        node.Value<TimeSpan>(key, ParseTime, "time of the day", TimeRemedy);

    private static TimeSpan? ParseTime(string text)
    {
        var match = TimeOfDay().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var (hour, minute) = (Number(match.Groups["h"]), Number(match.Groups["m"]));
        return minute < 60 && (hour * 60) + minute <= 24 * 60 ? new TimeSpan(hour, minute, 0) : null;
    }

    private static (HashSet<DateOnly> Dates, Weekdays Weekdays) Except(YamlMapping tenant)
    {
        var dates = new HashSet<DateOnly>();
        var weekdays = default(Weekdays);
        foreach (var (text, place) in tenant.Texts("except", ExceptRemedy))
        {
            if (Weekdays.TryParse(text, out var some))
            {
                weekdays = weekdays.With(some);
                continue;
            }

            var ends = text.Split(" to ", 2);
            if (!Date(ends[0], out var first) || !Date(ends[^1], out var last))
            {
                throw tenant.Bad(place, $"'except': '{text}' is neither a date nor a day of the week.", ExceptRemedy);
            }

            if (last < first || last.DayNumber - first.DayNumber >= ExceptDaysMax)
            {
                throw tenant.Bad(
                    place,
                    $"'except': '{text}' ends before it begins or is longer than {ExceptDaysMax} days.",
                    ExceptRemedy
                );
            }

            for (var day = first; day <= last; day = day.AddDays(1))
            {
                dates.Add(day);
            }
        }

        return (dates, weekdays);
    }

    private static bool Date(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date)
        && date.Year is >= 2000 and < 2200;

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<h>[0-9]{1,2}):(?<m>[0-9]{2})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TimeOfDay();
}
