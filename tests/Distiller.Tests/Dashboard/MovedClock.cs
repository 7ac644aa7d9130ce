namespace Distiller.Tests.Dashboard;

/// <summary>A clock that stands still until the test moves it. Timers are the machine's.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 3, 2, 3, 0, 0, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Move(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);
}
