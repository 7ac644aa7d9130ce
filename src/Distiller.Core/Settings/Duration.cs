using System.Globalization;

namespace Distiller.Core.Settings;

/// <summary>A time to wait as people write it: <c>30s</c>, <c>5m</c>, <c>1h</c>.</summary>
internal static class Duration
{
    private static readonly (char Unit, TimeSpan Length)[] Units =
    [
        ('h', TimeSpan.FromHours(1)),
        ('m', TimeSpan.FromMinutes(1)),
        ('s', TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Null: it is not written so.</summary>
    public static TimeSpan? Parse(string text) =>
        text.Length is > 1 and < 10
        && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && Array.FindIndex(Units, u => u.Unit == text[^1]) is >= 0 and var unit
        && count < TimeSpan.MaxValue / Units[unit].Length
            ? count * Units[unit].Length
            : null;

    /// <summary>In the largest unit of which it is a whole multiple.</summary>
    public static string Text(TimeSpan time)
    {
        var (unit, length) = Units.FirstOrDefault(u => time.Ticks % u.Length.Ticks == 0, Units[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"{time / length}{unit}");
    }
}
