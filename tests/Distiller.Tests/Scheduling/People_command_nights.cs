using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class People_command_nights : IAsyncDisposable
{
    private const string Id = "acme-20260310";

    private readonly SchedulerLab _lab = new();
    private volatile bool _mayEnd;

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [SetUp]
    public async Task AskForOne()
    {
        _lab.Steps.Script = (_, stop) => _mayEnd ? Task.FromResult<StepEnd?>(null) : ScriptedSteps.UntilStopped(stop);
        await _lab.StartAsync(_lab.Tenant("acme"));
        (await _lab.Commands.RunNowAsync("acme", "ada")).Id.ShouldBe(Id);
        await SchedulerLab.UntilAsync(() => Task.FromResult(!_lab.Steps.Orders.IsEmpty));
    }

    [Test]
    public async Task pause_and_resume_one_that_works()
    {
        await _lab.Commands.SubmitAsync(Id, RunCommand.Pause, "bob");
        var paused = await _lab.UntilAsync(Id, RunState.Paused);
        paused.Reason.ShouldBe("paused by bob");
        paused.Command.ShouldBe(RunCommand.None);
        await SchedulerLab.LetItLookAsync();
        _lab.Steps.Orders.Count.ShouldBe(1, "only a person ends a person's pause");

        _mayEnd = true;
        await _lab.Commands.SubmitAsync(Id, RunCommand.Resume, "ada");
        await _lab.UntilAsync(Id, RunState.Finished);
    }

    [Test]
    public async Task cancel_one_that_works_and_try_it_again()
    {
        await _lab.Commands.SubmitAsync(Id, RunCommand.Cancel, "bob");
        var cancelled = await _lab.UntilAsync(Id, RunState.Cancelled);
        cancelled.Reason.ShouldBe("cancelled by bob");
        cancelled.Ended.ShouldNotBeNull();

        _mayEnd = true;
        await _lab.Commands.SubmitAsync(Id, RunCommand.Retry, "ada");
        await _lab.UntilAsync(Id, RunState.Finished);
    }

    [Test]
    public async Task cancel_one_that_is_paused()
    {
        await _lab.Commands.SubmitAsync(Id, RunCommand.Pause, "bob");
        await _lab.UntilAsync(Id, RunState.Paused);
        await _lab.Commands.SubmitAsync(Id, RunCommand.Cancel, "eve");
        (await _lab.UntilAsync(Id, RunState.Cancelled)).Reason.ShouldBe("cancelled by eve");
    }
}
