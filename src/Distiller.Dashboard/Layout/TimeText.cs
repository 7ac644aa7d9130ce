using System.Globalization;

namespace Distiller.Dashboard.Layout;

/// <summary>Times and spans in words.</summary>
internal static class TimeText
{
    private const char Space = '\u00A0';

    /// <summary>A zone by its name; UTC where this machine does not know it.</summary>
    public static TimeZoneInfo Zone(string? name) =>
        name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The year only where it is not this one.</summary>
    public static string Short(DateTimeOffset local, DateTimeOffset now) =>
        local.ToString(local.Year == now.Year ? "d MMM HH:mm" : "d MMM yyyy HH:mm", CultureInfo.InvariantCulture);

    public static string Long(DateTimeOffset local, TimeZoneInfo zone) =>
        local.ToString("dddd d MMMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " " + zone.Id;

    public static string Night(DateOnly night) => night.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The two largest units that matter.</summary>
    public static string Span(TimeSpan span) =>
        span switch
        {
            _ when span < TimeSpan.Zero => $"0{Space}s",
            _ when span < TimeSpan.FromSeconds(10) => string.Create(
                CultureInfo.InvariantCulture,
                $"{span.TotalSeconds:0.#}{Space}s"
            ),
            _ when span < TimeSpan.FromMinutes(2) => $"{(int)span.TotalSeconds}{Space}s",
            _ when span < TimeSpan.FromHours(1) => $"{(int)span.TotalMinutes}{Space}min",
            _ when span < TimeSpan.FromDays(2) && span.Minutes > 0 =>
                $"{(int)span.TotalHours}{Space}h {span.Minutes}{Space}min",
            _ when span < TimeSpan.FromDays(2) => $"{(int)span.TotalHours}{Space}h",
            _ => $"{(int)span.TotalDays}{Space}days",
        };

    /// <summary>Where a time lies from now: <c>in 6 h</c>, <c>4 min ago</c>.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var span = at - now;
        return span.Duration() < TimeSpan.FromSeconds(5) ? "now"
            : span > TimeSpan.Zero ? $"in {Span(span)}"
            : $"{Span(-span)} ago";
    }
}
