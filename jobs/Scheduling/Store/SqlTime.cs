namespace Distiller.Jobs.Scheduling.Store;

internal static class SqlTime
{
    public static DateTimeOffset Read(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    public static DateTimeOffset? Read(long? ms) => ms is { } known ? Read(known) : null;
}
