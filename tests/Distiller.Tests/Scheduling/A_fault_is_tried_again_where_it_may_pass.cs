using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class A_fault_is_tried_again_where_it_may_pass : IAsyncDisposable
{
    private const string Id = "acme-20260310";

    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task later_each_time_until_it_is_given_up_and_by_hand_once_more()
    {
        var isBroken = true;
        _lab.Steps.Script = (order, _) =>
            Task.FromResult(
                isBroken && order.Step is RunStep.Train
                    ? new StepEnd(StepEndKind.FailedForNow, "The disk is full.")
                    : null
            );
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var first = await _lab.UntilAsync(Id, RunState.Retrying);
        first.Attempt.ShouldBe(2);
        first.Reason.ShouldStartWith("The disk is full. Attempt 2 at 2026-03-10 01:4");
        (first.Due - _lab.Clock.GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

        _lab.Clock.JumpTo(first.Due);
        await SchedulerLab.UntilAsync(async () =>
            (await _lab.RunAsync(Id)) is { Attempt: 3, State: RunState.Retrying }
        );
        var second = await _lab.RunAsync(Id);
        (second.Due - _lab.Clock.GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(20));

        _lab.Clock.JumpTo(second.Due);
        var failed = await _lab.UntilAsync(Id, RunState.Failed);
        failed.Reason.ShouldBe("The disk is full. Given up after 3 attempts.");
        _lab.Steps.Orders.Count(o => o.Step is RunStep.Train).ShouldBe(3);

        isBroken = false;
        await _lab.Commands.SubmitAsync(Id, RunCommand.Retry, "ada");
        (await _lab.UntilAsync(Id, RunState.Finished)).Attempt.ShouldBe(1);
        _lab.Steps.Orders.Count(o => o.Step is RunStep.Prepare).ShouldBe(1, "it goes on with the step that failed");
    }

    [Test]
    public async Task and_never_where_it_cannot()
    {
        _lab.Steps.Script = (_, _) =>
            Task.FromResult<StepEnd?>(new StepEnd(StepEndKind.FailedForGood, "base.gguf: there is no such file."));
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var failed = await _lab.UntilAsync(Id, RunState.Failed);
        failed.Reason.ShouldBe("base.gguf: there is no such file.");
        failed.Ended.ShouldNotBeNull();
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(20));
        await SchedulerLab.LetItLookAsync();
        _lab.Steps.Orders.Count.ShouldBe(1);
        (await _lab.Store.Log.ListAsync(Id)).ShouldContain(l => l.Level == "error" && l.Text == failed.Reason);
    }

    [Test]
    public void faults_are_told_apart()
    {
        static StepFault? Fault(Exception e) => StepWork.Failed(e).Fault;
        Fault(new BadInputException(new SourceLocation("a", 1), "r", "m")).ShouldBe(StepFault.BadInput);
        Fault(DiskFull.Error("/home")).ShouldBe(StepFault.Passing);
        Fault(new BadInputException(new SourceLocation("a", 1), "in use", "wait", new IOException()))
            .ShouldBe(StepFault.Passing);
        Fault(new BadInputException(new SourceLocation("a", 1), "r", "m", new FileNotFoundException()))
            .ShouldBe(StepFault.BadInput);
        Fault(new IOException("No space left on device")).ShouldBe(StepFault.Passing);
        Fault(new FileNotFoundException()).ShouldBe(StepFault.BadInput);
        Fault(new TimeoutException()).ShouldBe(StepFault.Passing);
        Fault(new InvalidOperationException()).ShouldBe(StepFault.Bug);
    }
}
