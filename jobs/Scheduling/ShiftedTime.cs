namespace Distiller.Jobs.Scheduling;

/// <summary>The system's clock, some time ahead or behind. Durations are the system's.</summary>
public sealed class ShiftedTime(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}
