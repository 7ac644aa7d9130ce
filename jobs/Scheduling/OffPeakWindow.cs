using System.Globalization;

namespace Distiller.Jobs.Scheduling;

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
