using Distiller.Opsdesk.Weeks;

namespace Distiller.Tests.Opsdesk;

public sealed class a_clock_skips_the_hours
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 20, 0, 0, TimeSpan.Zero);

    [Test]
    public void and_goes_on_by_itself_from_where_it_was_set()
    {
        var clock = new JumpingTime(Start);
        var first = clock.GetUtcNow();
        first.ShouldBeInRange(Start, Start.AddMinutes(1));
        Thread.Sleep(20);
        clock.GetUtcNow().ShouldBeGreaterThan(first);

        clock.JumpTo(Start.AddHours(5));
        clock.GetUtcNow().ShouldBeInRange(Start.AddHours(5), Start.AddHours(5).AddMinutes(1));
    }

    [Test]
    public void but_never_goes_back()
    {
        var clock = new JumpingTime(Start);
        clock.JumpTo(Start.AddHours(5));
        clock.JumpTo(Start.AddHours(4));
        clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(Start.AddHours(5));
    }

    [Test]
    public void and_what_was_measured_meanwhile_is_none_the_longer()
    {
        var clock = new JumpingTime(Start);
        var began = clock.GetTimestamp();
        clock.JumpTo(Start.AddHours(5));
        clock.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromHours(1));
    }
}
