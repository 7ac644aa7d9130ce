using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class A_night_is_neither_lost_nor_doubled : IAsyncDisposable
{
    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task nights_missed_while_no_server_ran_come_as_one()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        await SchedulerLab.LetItLookAsync();
        await _lab.StopAsync();
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddDays(3).AddHours(1));
        await _lab.StartAsync(_lab.Tenant("acme"));

        // Started at 01:00, before the fourth night is due: the one that comes is the third's.
        await _lab.UntilAsync("acme-20260312", RunState.Finished);
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddDays(3).AddHours(1.5));
        await _lab.UntilAsync("acme-20260313", RunState.Finished);
        (await _lab.AllAsync()).Count.ShouldBe(2);
    }

    [Test]
    public async Task a_clock_that_jumps_over_it_and_back_starts_it_once_and_the_next_one_too()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(10));
        await _lab.UntilAsync("acme-20260310", RunState.Finished);

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1));
        await SchedulerLab.LetItLookAsync();
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await SchedulerLab.LetItLookAsync();
        (await _lab.AllAsync()).Count.ShouldBe(1);

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddDays(1).AddHours(1.5));
        await _lab.UntilAsync("acme-20260311", RunState.Finished);
    }

    [Test]
    public async Task a_clock_that_was_a_year_ahead_does_not_cost_the_year()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddYears(1).AddHours(2));
        await _lab.UntilAsync("acme-20270310", RunState.Finished);

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1));
        await SchedulerLab.LetItLookAsync();
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await _lab.UntilAsync("acme-20260310", RunState.Finished);
    }

    [Test]
    public async Task one_that_somebody_asked_for_that_day_does_not_take_its_place()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        var asked = await _lab.Commands.RunNowAsync("acme", "ada");
        asked.Id.ShouldBe("acme-20260310");
        await _lab.UntilAsync(asked.Id, RunState.Finished);

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var scheduled = await _lab.UntilAsync("acme-20260310-2", RunState.Finished);
        scheduled.AskedBy.ShouldBe("schedule");
    }

    [Test]
    public async Task a_schedule_that_is_held_starts_none_until_it_is_let_go()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        await _lab.Store.Tenants.HoldAsync("acme", held: true);
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await SchedulerLab.LetItLookAsync();
        (await _lab.AllAsync()).ShouldBeEmpty();

        await _lab.Store.Tenants.HoldAsync("acme", held: false);
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddDays(1).AddHours(1.5));
        await _lab.UntilAsync("acme-20260311", RunState.Finished);
    }
}
