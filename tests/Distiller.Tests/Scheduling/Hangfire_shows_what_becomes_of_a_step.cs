using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Hangfire;
using Hangfire.Storage.Monitoring;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class Hangfire_shows_what_becomes_of_a_step : IAsyncDisposable
{
    private const string Id = "acme-20260310";

    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task each_is_a_job_in_the_queue_of_its_role_and_succeeds()
    {
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await _lab.UntilAsync(Id, RunState.Finished);
        await SchedulerLab.UntilAsync(() => Task.FromResult(Api.SucceededListCount() >= 3));

        var jobs = Api.SucceededJobs(0, 10).Select(j => j.Value).Reverse().ToList();
        jobs.Select(j => j.Job.Args[0]).ShouldBe([Id, Id, Id]);
        jobs.Select(j => j.Job.Args[1]).ShouldBe(["prepare", "train", "judge"]);
        jobs.Select(j => j.Job.Queue).ShouldBe(["cpu", "gpu", "cpu"]);
        jobs[2].Result.ShouldBe("\"release r1 is published\"");
        Api.DeletedListCount().ShouldBe(0);
        Api.FailedCount().ShouldBe(0);
        Api.Servers().SelectMany(s => s.Queues).Order().ShouldBe(["cpu", "gpu"]);
    }

    [Test]
    public async Task whose_window_is_closed_is_scheduled_for_when_it_opens_with_the_reason()
    {
        _lab.Steps.Script = (order, stop) =>
            order.Step is RunStep.Train && _lab.Clock.GetUtcNow() < SchedulerLab.Midnight.AddHours(12)
                ? ScriptedSteps.UntilStopped(stop)
                : Task.FromResult<StepEnd?>(null);
        await _lab.StartAsync(_lab.Tenant("acme", SchedulerLab.Window(3, 6)));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));

        var (first, _) = await ScheduledAsync("the window is closed; begins at 2026-03-10 03:00");
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(3));
        await SchedulerLab.UntilAsync(() => Task.FromResult(_lab.Steps.Orders.Count == 2));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(6));

        var (second, at) = await ScheduledAsync("the window closed at 06:00; goes on at 2026-03-11 03:00");
        at.ShouldBe(SchedulerLab.Midnight.AddHours(27).UtcDateTime);
        second.ShouldNotBe(first);
        Args(second).ShouldBe([Id, "train", null]);
        await SchedulerLab.LetItLookAsync();
        Api.JobDetails(second).History[0].StateName.ShouldBe("Scheduled");

        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(27));
        await _lab.UntilAsync(Id, RunState.Finished);
        // Other jobs may have ended as well: the next night's, which was due meanwhile.
        await SchedulerLab.UntilAsync(() => Task.FromResult(States(second)[0] == "Succeeded"));
        // The same job went on.
        States(second)
            .ShouldBe(["Succeeded", "Processing", "Enqueued", "Scheduled", "Processing", "Enqueued", "Scheduled"]);
    }

    [Test]
    public async Task that_fails_for_now_waits_and_one_that_fails_for_good_is_failed_with_its_message()
    {
        var end = new StepEnd(StepEndKind.FailedForNow, "The disk is full.");
        _lab.Steps.Script = (_, _) => Task.FromResult<StepEnd?>(end);
        await _lab.StartAsync(_lab.Tenant("acme"));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var retrying = await _lab.UntilAsync(Id, RunState.Retrying);
        await ScheduledAsync(retrying.Reason);

        end = new StepEnd(StepEndKind.FailedForGood, "base.gguf: it is no model.");
        _lab.Clock.JumpTo(retrying.Due);
        await _lab.UntilAsync(Id, RunState.Failed);
        await SchedulerLab.UntilAsync(() => Task.FromResult(Api.FailedCount() == 1));

        var failed = Api.FailedJobs(0, 10).ShouldHaveSingleItem().Value;
        failed.Reason.ShouldBe("base.gguf: it is no model. Given up after 2 attempts.");
        failed.ExceptionMessage.ShouldBe(failed.Reason);
        Api.SucceededListCount().ShouldBe(0);
    }

    [Test]
    public async Task that_a_person_stops_is_deleted_with_who_did()
    {
        _lab.Steps.Script = (_, stop) => ScriptedSteps.UntilStopped(stop);
        await _lab.StartAsync(_lab.Tenant("acme"), _lab.Tenant("other", SchedulerLab.Window(3, 6)));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await _lab.UntilAsync(Id, RunState.Running);
        var (waiting, _) = await ScheduledAsync("the window is closed; begins at 2026-03-10 03:00");
        await _lab.Commands.SubmitAsync(Id, RunCommand.Cancel, "ada");
        await _lab.Commands.SubmitAsync("other-20260310", RunCommand.Pause, "bob");
        await _lab.UntilAsync(Id, RunState.Cancelled);
        await _lab.UntilAsync("other-20260310", RunState.Paused);
        await SchedulerLab.UntilAsync(() => Task.FromResult(Stopped() is { Count: 2 }));

        var deleted = Stopped();
        Api.JobDetails(deleted[Id]).History[0].Reason.ShouldBe("cancelled by ada");
        deleted["other-20260310"].ShouldBe(waiting);
        Api.JobDetails(waiting).History[0].Reason.ShouldBe("paused by bob");

        Dictionary<string, string> Stopped() =>
            Api.DeletedJobs(0, 10)
                .Where(j => Api.JobDetails(j.Key).History[0].Reason.Contains(" by ", StringComparison.Ordinal))
                .ToDictionary(j => (string)j.Value.Job.Args[0], j => j.Key);
    }

    [Test]
    public async Task that_waits_for_a_machine_is_one_job_however_often_the_scheduler_looks()
    {
        // Before the scheduled night of 01:30, which would add runs of its own.
        var ends = SchedulerLab.Midnight.AddMinutes(30);
        _lab.Steps.Script = (order, stop) =>
            order.Tenant == "a" && _lab.Clock.GetUtcNow() < ends
                ? UntilAsync(ends, stop)
                : Task.FromResult<StepEnd?>(null);
        await _lab.StartAsync(_lab.Tenant("a"), _lab.Tenant("b"));
        (await _lab.Commands.RunNowAsync("a", "ada")).Id.ShouldBe("a-20260310");
        await _lab.UntilAsync("a-20260310", RunState.Running);
        (await _lab.Commands.RunNowAsync("b", "ada")).Id.ShouldBe("b-20260310");
        await SchedulerLab.UntilAsync(() => Task.FromResult(Waiting().Count > 0));
        var job = (await _lab.RunAsync("b-20260310")).Job.ShouldNotBeNull();

        await SchedulerLab.LetItLookAsync();
        Waiting().ShouldBe([job]);
        (await _lab.RunAsync("b-20260310")).Job.ShouldBe(job);
        Api.JobDetails(job).History.Count.ShouldBe(2);

        _lab.Clock.JumpTo(ends);
        await _lab.UntilAsync("b-20260310", RunState.Finished);
        Api.DeletedListCount().ShouldBe(0);

        // The queue may still hold a job that has been begun; its state tells.
        List<string> Waiting() =>
            [.. Api.EnqueuedJobs("cpu", 0, 10).Where(j => j.Value.InEnqueuedState).Select(j => j.Key)];
    }

    [TestCase("5f0a2f3e-7f0b-4a51-9c8e-0d6c7d1f2a3b")]
    [TestCase("17")]
    public async Task whose_job_is_lost_gets_a_new_one(string lost)
    {
        await _lab.Store.PrepareAsync();
        var left = RunCommands.NewRun("acme", new DateOnly(2026, 3, 10), 1, "ada", _lab.Clock.GetUtcNow()) with
        {
            Job = lost,
        };
        (await _lab.Store.AddAsync(left)).ShouldBeTrue();
        await _lab.StartAsync(_lab.Tenant("acme"));

        await _lab.UntilAsync(Id, RunState.Finished);
        _lab.Steps.Orders.Select(o => o.Step).ShouldBe([RunStep.Prepare, RunStep.Train, RunStep.Judge]);
    }

    [Test]
    public async Task may_only_be_begun_by_the_job_that_stands_in_the_run()
    {
        _lab.Steps.Script = (_, stop) => ScriptedSteps.UntilStopped(stop);
        await _lab.StartAsync(_lab.Tenant("acme", SchedulerLab.Window(3, 6)));
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var (job, _) = await ScheduledAsync("the window is closed; begins at 2026-03-10 03:00");
        var stranger = new BackgroundJobClient(_lab.Jobs).Create(
            Api.JobDetails(job).Job,
            new Hangfire.States.EnqueuedState("cpu")
        );
        await SchedulerLab.UntilAsync(() => Task.FromResult(Api.DeletedListCount() == 1));

        Api.JobDetails(stranger).History[0].Reason.ShouldBe("another job carries out the step");
        _lab.Steps.Orders.ShouldBeEmpty();
        (await _lab.RunAsync(Id)).Job.ShouldBe(job);
    }

    private Hangfire.Storage.IMonitoringApi Api => _lab.Jobs.GetMonitoringApi();

    private async Task<StepEnd?> UntilAsync(DateTimeOffset end, CancellationToken stop)
    {
        while (_lab.Clock.GetUtcNow() < end)
        {
            await Task.Delay(30, stop);
        }

        return null;
    }

    private IReadOnlyList<object?> Args(string job) => [.. Api.JobDetails(job).Job.Args];

    private IReadOnlyList<string> States(string job) => [.. Api.JobDetails(job).History.Select(h => h.StateName)];

    /// <summary>The only scheduled job, once it says why and its run's row names it: one that came too late is deleted again.</summary>
    private async Task<(string Id, DateTime At)> ScheduledAsync(string reason)
    {
        KeyValuePair<string, ScheduledJobDto> found = default;
        await SchedulerLab.UntilAsync(
            async () =>
            {
                found = Api.ScheduledJobs(0, 10).FirstOrDefault();
                return found.Key is { } id
                    && Api.JobDetails(id).History[0].Reason == reason
                    && (await _lab.RunAsync((string)found.Value.Job.Args[0])).Job == id;
            },
            () => $"no job is scheduled because '{reason}'"
        );
        return (found.Key, found.Value.EnqueueAt);
    }
}
