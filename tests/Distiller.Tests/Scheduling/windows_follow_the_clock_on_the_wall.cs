using Distiller.Jobs.Scheduling;
using FsCheck;
using FsCheck.Fluent;

namespace Distiller.Tests.Scheduling;

/// <summary>
/// Against a clock that is never put back, read minute by minute: while the true one repeats an hour it stands still.
/// </summary>
public sealed class windows_follow_the_clock_on_the_wall
{
    private const int DaysLookedAt = 12;

    /// <summary>Zones and a day near which their clocks are changed.</summary>
    private static readonly (string Zone, DateOnly Day)[] Changes =
    [
        ("Europe/Berlin", new DateOnly(2026, 3, 29)),
        ("Europe/Berlin", new DateOnly(2026, 10, 25)),
        ("America/New_York", new DateOnly(2026, 3, 8)),
        ("America/New_York", new DateOnly(2026, 11, 1)),
        // Half an hour.
        ("Australia/Lord_Howe", new DateOnly(2026, 4, 5)),
        ("Australia/Lord_Howe", new DateOnly(2026, 10, 4)),
        // At midnight: a date begins at 01:00, or its first hour comes after the last of the day before came twice.
        ("America/Havana", new DateOnly(2026, 3, 8)),
        ("America/Havana", new DateOnly(2026, 11, 1)),
        ("Asia/Beirut", new DateOnly(2026, 3, 29)),
        ("Asia/Beirut", new DateOnly(2026, 10, 25)),
        ("UTC", new DateOnly(2026, 2, 28)),
    ];

    private static readonly Gen<OffPeakWindow> AnyWindow =
        from @from in Minutes(0, 24 * 60 - 1)
        from to in Minutes(0, 24 * 60)
        where to != @from
        from days in Gen.Choose(1, Weekdays.All.Bits)
        select new OffPeakWindow(TimeSpan.FromMinutes(@from), TimeSpan.FromMinutes(to), new Weekdays(days));

    /// <summary>Half of the times are near those at which clocks are changed.</summary>
    private static Gen<int> Minutes(int low, int high) =>
        Gen.OneOf(Gen.Choose(low, high), Gen.Choose(0, 16).Select(q => Math.Clamp(q * 15, low, high)));

    private static readonly Gen<(OffPeakWindows Windows, DateTimeOffset Begin)> AnyCase =
        from change in Gen.Elements(Changes)
        from windows in AnyWindow.NonEmptyListOf()
        from except in Gen.Choose(-6, 6).ListOf()
        let zone = TimeZoneInfo.FindSystemTimeZoneById(change.Zone)
        select (
            new OffPeakWindows(zone, [.. windows.Take(4)], except.Take(4).Select(change.Day.AddDays)),
            new DateTimeOffset(change.Day.AddDays(-DaysLookedAt / 2), TimeOnly.MinValue, TimeSpan.Zero)
        );

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property at_every_minute() =>
        Prop.ForAll(
            Arb.From(AnyCase),
            c =>
            {
                var open = MinuteByMinute(c.Windows, c.Begin);
                for (var m = 0; m < open.Length; m += 7)
                {
                    var at = c.Begin.AddMinutes(m);
                    c.Windows.IsOpen(at).ShouldBe(open[m], $"{at:O} of {c.Windows} in {c.Windows.Zone.Id}");
                    Agrees(c.Windows.OpensAt(at), open, m, value: true, c.Begin);
                    Agrees(c.Windows.ClosesAt(at), open, m, value: false, c.Begin);
                }
            }
        );

    private static void Agrees(DateTimeOffset? told, bool[] open, int from, bool value, DateTimeOffset begin)
    {
        var found = Array.IndexOf(open, value, from);
        if (found >= 0)
        {
            told.ShouldBe(begin.AddMinutes(found));
        }
        else if (told is { } beyond)
        {
            beyond.ShouldBeGreaterThanOrEqualTo(begin.AddMinutes(open.Length));
        }
    }

    private static bool[] MinuteByMinute(OffPeakWindows windows, DateTimeOffset begin)
    {
        var open = new bool[DaysLookedAt * 24 * 60];
        // Two days earlier, so that what came before the first minute has been seen.
        var shown = DateTime.MinValue;
        for (var m = -2 * 24 * 60; m < open.Length; m++)
        {
            var reading = TimeZoneInfo.ConvertTime(begin.AddMinutes(m), windows.Zone).DateTime;
            shown = reading > shown ? reading : shown;
            if (m >= 0)
            {
                open[m] = windows.Windows.Any(w => Holds(w, windows.Except, shown));
            }
        }

        return open;
    }

    private static bool Holds(OffPeakWindow window, IReadOnlyList<DateOnly> except, DateTime shown)
    {
        var today = DateOnly.FromDateTime(shown);
        var time = shown.TimeOfDay;
        return window.From < window.To
            ? Begins(today) && time >= window.From && time < window.To
            : (Begins(today) && time >= window.From) || (Begins(today.AddDays(-1)) && time < window.To);

        bool Begins(DateOnly day) => window.Days.Contains(day.DayOfWeek) && !except.Contains(day);
    }

    [Test]
    public void a_window_that_is_always_open_or_covers_the_week_never_closes()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var week = new OffPeakWindows(
            berlin,
            [new OffPeakWindow(TimeSpan.Zero, TimeSpan.FromHours(24), Weekdays.All)],
            []
        );

        OffPeakWindows.Always(berlin).ClosesAt(Schedules.Now).ShouldBeNull();
        OffPeakWindows.Always(berlin).OpensAt(Schedules.Now).ShouldBe(Schedules.Now);
        week.ClosesAt(Schedules.Now).ShouldBeNull();
    }

    [Test]
    public void an_excluded_day_far_ahead_closes_a_window_that_covers_the_week()
    {
        var windows = new OffPeakWindows(
            TimeZoneInfo.Utc,
            [new OffPeakWindow(TimeSpan.Zero, TimeSpan.FromHours(24), Weekdays.All)],
            [new DateOnly(2028, 2, 29)]
        );

        windows.ClosesAt(Schedules.Now).ShouldBe(new DateTimeOffset(2028, 2, 29, 0, 0, 0, TimeSpan.Zero));
        windows
            .OpensAt(new DateTimeOffset(2028, 2, 29, 1, 0, 0, TimeSpan.Zero))
            .ShouldBe(new DateTimeOffset(2028, 3, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Test]
    public void one_whose_times_are_left_out_that_day_waits_for_the_next()
    {
        var windows = new OffPeakWindows(
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
            [new OffPeakWindow(new TimeSpan(2, 10, 0), new TimeSpan(2, 50, 0), Weekdays.All)],
            []
        );

        windows
            .OpensAt(new DateTimeOffset(2026, 3, 29, 0, 0, 0, TimeSpan.Zero))
            .ShouldBe(new DateTimeOffset(2026, 3, 30, 2, 10, 0, TimeSpan.FromHours(2)));
    }

    [TestCase("mon-fri", "Mon-Fri")]
    [TestCase("Fri-Mon", "Mon, Fri-Sun")]
    [TestCase("saturday, sun", "Sat, Sun")]
    [TestCase("mon-sun", "Mon-Sun")]
    public void days_are_told_shortly(string written, string told)
    {
        Weekdays.TryParse(written, out var days).ShouldBeTrue();
        days.ToString().ShouldBe(told);
    }
}
