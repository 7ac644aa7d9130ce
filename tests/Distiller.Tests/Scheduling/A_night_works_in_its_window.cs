using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class A_night_works_in_its_window : IAsyncDisposable
{
    private const string Id = "acme-20260310";

    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task due_it_takes_its_three_steps_and_each_gets_what_the_one_before_handed_over()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        (await _lab.AllAsync()).ShouldBeEmpty();
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5).AddSeconds(-1));

        var run = await _lab.UntilAsync(Id, RunState.Finished);

        run.AskedBy.ShouldBe("schedule");
        run.Night.ShouldBe(new DateOnly(2026, 3, 10));
        run.Reason.ShouldBe("release r1 is published");
        run.Figures!.Published.ShouldBeTrue();
        run.Started!.Value.ShouldBeGreaterThanOrEqualTo(SchedulerLab.Midnight.AddHours(1.5));
        var orders = _lab.Steps.Orders.ToList();
        orders.Select(o => o.Step).ShouldBe([RunStep.Prepare, RunStep.Train, RunStep.Judge]);
        orders[1].Handover.Mined.ShouldBe($"mined of {Id}");
        orders[2]
            .Handover.ShouldBe(
                new RunHandover
                {
                    Mined = $"mined of {Id}",
                    Adapter = $"adapter of {Id}",
                    Quarantined = 3,
                }
            );
        var stages = await _lab.Store.Stages.ListAsync(Id);
        stages.Select(s => s.State).ShouldBe([RunState.Finished, RunState.Finished, RunState.Finished]);
        stages[0].Outputs.ShouldBe([$"Prepare/{Id}"]);
        // The scheduler writes it down at its next look.
        await SchedulerLab.UntilAsync(async () =>
            (await _lab.Store.Tenants.ListAsync())[0].NextDue == SchedulerLab.Midnight.AddDays(1).AddHours(1.5)
        );
    }

    [Test]
    public async Task due_before_it_opens_it_waits_and_says_until_when()
    {
        await _lab.StartAsync(_lab.Tenant("acme", SchedulerLab.Window(3, 6)));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await SchedulerLab.UntilAsync(async () =>
            await _lab.Store.FindAsync(Id) is { Reason: "the window is closed; begins at 2026-03-10 03:00" }
        );
        (await _lab.RunAsync(Id)).State.ShouldBe(RunState.Waiting);
        _lab.Steps.Orders.ShouldBeEmpty();

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(3));
        await _lab.UntilAsync(Id, RunState.Finished);
    }

    [Test]
    public async Task closed_while_it_works_it_pauses_and_goes_on_with_the_same_step_when_it_opens()
    {
        _lab.Steps.Script = (order, stop) =>
            order.Step is RunStep.Train && _lab.Clock.GetUtcNow() < SchedulerLab.Midnight.AddHours(12)
                ? ScriptedSteps.UntilStopped(stop)
                : Task.FromResult<StepEnd?>(null);
        await _lab.StartAsync(_lab.Tenant("acme", SchedulerLab.Window(1, 6)));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await SchedulerLab.UntilAsync(() => Task.FromResult(_lab.Steps.Orders.Count == 2));

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(6));
        var paused = await _lab.UntilAsync(Id, RunState.Paused);
        paused.Reason.ShouldBe("the window closed at 06:00; goes on at 2026-03-11 01:00");
        paused.Due.ShouldBe(SchedulerLab.Midnight.AddHours(25));
        (await _lab.Store.Stages.ListAsync(Id)).Single(s => s.Name == "Train").State.ShouldBe(RunState.Paused);
        await SchedulerLab.LetItLookAsync();
        _lab.Steps.Orders.Count.ShouldBe(2);

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(25));
        await _lab.UntilAsync(Id, RunState.Finished);
        _lab.Steps.Orders.Select(o => o.Step).ShouldBe([RunStep.Prepare, RunStep.Train, RunStep.Train, RunStep.Judge]);
        (await _lab.Store.Stages.ListAsync(Id)).Single(s => s.Name == "Train").Visits.ShouldBe(2);
    }
}
