using System.Text;

namespace Distiller.Jobs.Scheduling.Store;

/// <summary>Text from logs, models and faults as both databases take it.</summary>
internal static class SqlText
{
    private const int CharsMax = 16_000;

    /// <summary>
    /// PostgreSQL refuses NUL and halves of surrogate pairs; they become U+FFFD. Of a very long text the beginning stays.
    /// </summary>
    public static string Of(string text)
    {
        var kept = text.Length <= CharsMax ? text : string.Concat(text.AsSpan(0, CharsMax - 1), "…");
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept)).Replace('\0', '\ufffd');
    }
}

internal static class SqlTime
{
    public static DateTimeOffset Read(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    public static DateTimeOffset? Read(long? ms) => ms is { } known ? Read(known) : null;
}
