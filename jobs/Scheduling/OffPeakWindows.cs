using System.Globalization;

namespace Distiller.Jobs.Scheduling;

/// <summary>
/// When a tenant's nights may work: the union of windows, each on certain weekdays, none of which begins on an excluded
/// date. A window that begins on the day before goes on into an excluded date.
/// <para>
/// A window opens and closes when the zone's clocks first read its times: where clocks are put forward over a time, at
/// that moment; where a time comes twice, at the first.
/// </para>
/// </summary>
public sealed class OffPeakWindows
{
    // Longer than any window, and long enough to see each weekday once without a change of clocks.
    private static readonly TimeSpan Cycle = TimeSpan.FromDays(15);

    private readonly HashSet<DateOnly> _except;
    private readonly DateOnly _lastExcept;

    /// <param name="windows">None: always open.</param>
    /// <param name="except">Dates in the zone on which no window begins.</param>
    public OffPeakWindows(TimeZoneInfo zone, IReadOnlyList<OffPeakWindow> windows, IEnumerable<DateOnly> except)
    {
        (Zone, Windows) = (zone, windows);
        _except = [.. except];
        Except = [.. _except.Order()];
        _lastExcept = _except.Count == 0 ? DateOnly.MinValue : _except.Max();
    }

    public static OffPeakWindows Always(TimeZoneInfo zone) => new(zone, [], []);

    public TimeZoneInfo Zone { get; }

    public IReadOnlyList<OffPeakWindow> Windows { get; }

    /// <summary>Ascending.</summary>
    public IReadOnlyList<DateOnly> Except { get; }

    public bool IsAlways => Windows.Count == 0;

    public bool IsOpen(DateTimeOffset at) => IsAlways || Holding(at).Any();

    /// <summary>When work has to stop: the instant itself if it is closed; null: never.</summary>
    public DateTimeOffset? ClosesAt(DateTimeOffset at)
    {
        if (IsAlways)
        {
            return null;
        }

        // Where windows touch or overlap the last of them counts.
        var horizon = Horizon(at);
        for (var end = at; end < horizon; )
        {
            var later = Holding(end).Select(s => s.End).DefaultIfEmpty(end).Max();
            if (later == end)
            {
                return end;
            }

            end = later;
        }

        return null;
    }

    /// <summary>When work may begin: the instant itself if it is open; null: never.</summary>
    public DateTimeOffset? OpensAt(DateTimeOffset at)
    {
        if (IsOpen(at))
        {
            return at;
        }

        var horizon = DateOf(Horizon(at));
        for (var day = DateOf(at).AddDays(-1); day <= horizon; day = day.AddDays(1))
        {
            var begins = Spans(day).Where(s => s.Begin > at && s.Begin < s.End).Select(s => s.Begin).ToList();
            if (begins.Count > 0)
            {
                return begins.Min();
            }
        }

        return null;
    }

    /// <summary>Words for people, such as <c>22:00 to 06:00 on Mon-Fri, not on 2026-12-24</c>; empty for always.</summary>
    public override string ToString() =>
        string.Join(", ", Windows.Select(w => w.ToString()))
        + (Except.Count == 0 ? "" : ", not on " + string.Join(", ", Stretches()));

    private IEnumerable<(DateTimeOffset Begin, DateTimeOffset End)> Holding(DateTimeOffset at)
    {
        // A window lasts up to a day and its end may be a day's change of clocks away.
        var today = DateOf(at);
        return Enumerable.Range(-2, 4).SelectMany(d => Spans(today.AddDays(d))).Where(s => s.Begin <= at && at < s.End);
    }

    private IEnumerable<(DateTimeOffset Begin, DateTimeOffset End)> Spans(DateOnly day)
    {
        if (_except.Contains(day))
        {
            yield break;
        }

        var midnight = day.ToDateTime(TimeOnly.MinValue);
        foreach (var window in Windows.Where(w => w.Days.Contains(day.DayOfWeek)))
        {
            yield return (ZoneClock.First(Zone, midnight + window.From), ZoneClock.First(Zone, midnight + window.End));
        }
    }

    private DateTimeOffset Horizon(DateTimeOffset at)
    {
        var last = DateOf(at) > _lastExcept ? at : ZoneClock.First(Zone, _lastExcept.ToDateTime(TimeOnly.MinValue));
        return last + Cycle;
    }

    private DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime);

    private IEnumerable<string> Stretches()
    {
        for (var i = 0; i < Except.Count; i++)
        {
            var first = Except[i];
            while (i + 1 < Except.Count && Except[i + 1] == Except[i].AddDays(1))
            {
                i++;
            }

            yield return first == Except[i] ? Words(first) : $"{Words(first)} to {Words(Except[i])}";
        }
    }

    private static string Words(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A stretch of certain days in which a night may work, in the tenant's local time.</summary>
/// <param name="From">Time of the day on which it begins, below 24:00.</param>
/// <param name="To">Time at which it ends, at most 24:00; of the next day where it is earlier than <paramref name="From"/>.</param>
/// <param name="Days">On which it begins.</param>
public sealed record OffPeakWindow(TimeSpan From, TimeSpan To, Weekdays Days)
{
    /// <summary>Counted from the midnight before it begins.</summary>
    internal TimeSpan End => To > From ? To : To + TimeSpan.FromDays(1);

    /// <summary>For example <c>22:00 to 06:00 on Mon-Fri</c>.</summary>
    public override string ToString() => $"{Clock(From)} to {Clock(To)}{(Days == Weekdays.All ? "" : $" on {Days}")}";

    private static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:d2}:{time.Minutes:d2}");
}

/// <summary>A set of days of the week.</summary>
/// <param name="Bits">Monday is the lowest.</param>
public readonly record struct Weekdays(int Bits)
{
    private static readonly string[] Names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private static readonly string[] FullNames =
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];

    public static Weekdays All => new(0b111_1111);

    public bool IsEmpty => Bits == 0;

    public bool Contains(DayOfWeek day) => (Bits & (1 << Index(day))) != 0;

    public Weekdays With(Weekdays others) => new(Bits | others.Bits);

    public Weekdays Without(Weekdays others) => new(Bits & ~others.Bits);

    /// <summary>Reads <c>sat</c>, <c>Saturday</c>, <c>mon-fri</c>, <c>sat-mon</c>, <c>mon, wed</c>.</summary>
    public static bool TryParse(string text, out Weekdays days)
    {
        days = default;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-', 2);
            var (first, last) = (Find(ends[0]), Find(ends[^1]));
            if (first < 0 || last < 0)
            {
                return false;
            }

            for (var i = first; ; i = (i + 1) % 7)
            {
                days = days.With(new Weekdays(1 << i));
                if (i == last)
                {
                    break;
                }
            }
        }

        return true;
    }

    /// <summary>For example <c>Mon-Fri</c> or <c>Mon, Wed</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var first = i;
            while (i < 7 && (Bits & (1 << i)) != 0)
            {
                i++;
            }

            if (i - first >= 3)
            {
                parts.Add($"{Names[first]}-{Names[i - 1]}");
            }
            else
            {
                parts.AddRange(Names[first..i]);
            }
        }

        return string.Join(", ", parts);
    }

    private static int Index(DayOfWeek day) => ((int)day + 6) % 7;

    private static int Find(string name)
    {
        var trimmed = name.Trim();
        var i = Array.FindIndex(Names, n => n.Equals(trimmed, StringComparison.OrdinalIgnoreCase));
        return i >= 0 ? i : Array.FindIndex(FullNames, n => n.Equals(trimmed, StringComparison.OrdinalIgnoreCase));
    }
}
