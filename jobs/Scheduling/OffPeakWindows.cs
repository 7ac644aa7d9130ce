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
