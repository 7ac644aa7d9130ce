namespace Distiller.Tests.Scheduling;

/// <summary>A clock that goes on like the system's and jumps where the test says.</summary>
internal sealed class MovedClock(DateTimeOffset start) : TimeProvider
{
    private long _offset = (start - System.GetUtcNow()).Ticks;

    public void JumpTo(DateTimeOffset to) => Interlocked.Exchange(ref _offset, (to - System.GetUtcNow()).Ticks);

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));
}
