namespace Distiller.Tests.Dashboard;

/// <summary>Stands until it is moved.</summary>
internal sealed class SteadyClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
