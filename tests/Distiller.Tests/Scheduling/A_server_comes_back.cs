using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class A_server_comes_back : IAsyncDisposable
{
    private const string Id = "acme-20260310";

    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task stopped_it_lets_its_night_leave_and_goes_on_when_it_is_started_again()
    {
        _lab.Steps.Script = (order, stop) =>
            order.Step is RunStep.Train ? ScriptedSteps.UntilStopped(stop) : Task.FromResult<StepEnd?>(null);
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await SchedulerLab.UntilAsync(() => Task.FromResult(_lab.Steps.Orders.Count == 2));
        await _lab.StopAsync();
        var left = await _lab.RunAsync(Id);
        left.State.ShouldBe(RunState.Waiting);
        left.Reason.ShouldBe("the server was stopped; goes on when it starts");

        _lab.Steps.Script = (_, _) => Task.FromResult<StepEnd?>(null);
        await _lab.StartAsync(_lab.Tenant("acme"));
        await _lab.UntilAsync(Id, RunState.Finished);
        _lab.Steps.Orders.Count(o => o.Step is RunStep.Prepare).ShouldBe(1);
    }

    [Test]
    public async Task killed_it_takes_up_the_night_that_it_left_running()
    {
        await _lab.Store.PrepareAsync();
        var left = RunCommands.NewRun("acme", new DateOnly(2026, 3, 10), 1, "schedule", _lab.Clock.GetUtcNow()) with
        {
            State = RunState.Running,
            Reason = "training on here",
            Step = RunStep.Train,
            Node = "here",
            Started = _lab.Clock.GetUtcNow(),
            Handover = new RunHandover { Mined = "m" },
        };
        (await _lab.Store.AddAsync(left)).ShouldBeTrue();
        await _lab.Store.Stages.BeganAsync(left.Id, "distill", "here", ["m"]);
        await _lab.StartAsync(_lab.Tenant("acme"));
        await _lab.UntilAsync(Id, RunState.Finished);
        _lab.Steps.Orders.Select(o => o.Step).ShouldBe([RunStep.Train, RunStep.Judge]);
        _lab.Steps.Orders.First().Handover.Mined.ShouldBe("m");
        (await _lab.Store.Stages.ListAsync(Id)).Single(s => s.Name == "distill").State.ShouldBe(RunState.Paused);
        (await _lab.Store.Log.ListAsync(Id)).ShouldContain(l =>
            l.Text.StartsWith("taken over", StringComparison.Ordinal)
        );
    }

    [Test]
    public void a_second_one_on_the_same_folder_is_refused_with_who_holds_it()
    {
        var folder = _lab.InFolder("serve");
        using (ServerLock.Take(folder, _lab.Clock))
        {
            var refused = Should.Throw<BadInputException>(() => ServerLock.Take(folder, _lab.Clock).Dispose());
            refused.Reason.ShouldContain($"process {Environment.ProcessId}, since 2026-03-10 00:00");
        }

        ServerLock.Take(folder, _lab.Clock).Dispose();
    }
}
