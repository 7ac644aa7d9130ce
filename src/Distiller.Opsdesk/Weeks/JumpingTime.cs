namespace Distiller.Opsdesk.Weeks;

/// <summary>The system's clock, moved: hours in which nothing happens are skipped. Durations are the system's.</summary>
public sealed class JumpingTime(DateTimeOffset start) : TimeProvider
{
    private long _aheadTicks = (start - System.GetUtcNow()).Ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>A clock never goes back: an instant that has passed leaves it as it is.</summary>
    public void JumpTo(DateTimeOffset instant)
    {
        var more = (instant - GetUtcNow()).Ticks;
        if (more > 0)
        {
            Interlocked.Add(ref _aheadTicks, more);
        }
    }
}
