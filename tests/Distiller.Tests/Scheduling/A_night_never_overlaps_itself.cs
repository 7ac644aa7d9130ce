using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class A_night_never_overlaps_itself : IAsyncDisposable
{
    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task the_next_one_waits_until_the_last_is_over()
    {
        var isReleased = new TaskCompletionSource();
        _lab.Steps.Script = async (_, _) =>
        {
            await isReleased.Task;
            return null;
        };
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await _lab.UntilAsync("acme-20260310", RunState.Running);

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddDays(1).AddHours(1.5));
        await SchedulerLab.UntilAsync(async () =>
            await _lab.Store.FindAsync("acme-20260311") is { State: RunState.Waiting } run
            && run.Reason.Contains("acme-20260310 is not over", StringComparison.Ordinal)
        );
        _lab.Steps.Orders.Count.ShouldBe(1);

        isReleased.SetResult();
        await _lab.UntilAsync("acme-20260310", RunState.Finished);
        await _lab.UntilAsync("acme-20260311", RunState.Finished);
        _lab.Steps.Overlapped.ShouldBeFalse();
        _lab.Steps.Orders.Select(o => o.Run).Distinct().ShouldBe(["acme-20260310", "acme-20260311"]);
    }

    [Test]
    public async Task and_two_tenants_nights_train_one_after_the_other()
    {
        _lab.Steps.Script = async (order, stop) =>
        {
            await Task.Delay(order.Step is RunStep.Train ? 700 : 50, stop);
            return null;
        };
        await _lab.StartAsync(_lab.Tenant("acme"), _lab.Tenant("beta"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await _lab.UntilAsync("acme-20260310", RunState.Finished);
        await _lab.UntilAsync("beta-20260310", RunState.Finished);
        _lab.Steps.AtOnce(RunStep.Train).ShouldBe(1);
        _lab.Steps.Orders.Count.ShouldBe(6);
    }
}
