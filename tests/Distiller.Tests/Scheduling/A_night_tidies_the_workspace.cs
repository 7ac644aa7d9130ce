using Distiller.Jobs.Keeping;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Lake;

namespace Distiller.Tests.Scheduling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class A_night_tidies_the_workspace : IAsyncDisposable
{
    private readonly SchedulerLab _lab = new();

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Test]
    public async Task at_its_end_as_the_schedule_says()
    {
        var tenant = SmallNight.Prepare(_lab) with { Retention = new RetentionSettings(8, 1) };
        string outdated;
        using (var workspace = Workspace.Open(tenant.Home, new FakeTimeProvider(SchedulerLab.Midnight.AddDays(-1))))
        {
            outdated = Artifact(workspace, "mined", "of an earlier night");
            Artifact(workspace, "kept", "the newest of its kind");
        }

        await _lab.StartAsync(tenant);
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await _lab.UntilAsync(SmallNight.Id, RunState.Finished);
        var keep = (await _lab.Store.Stages.ListAsync(SmallNight.Id))[^1];
        (keep.Name, keep.State).ShouldBe(("keep", RunState.Finished), await LogAsync());
        keep.Note.ShouldStartWith("12 episodes and 1 artifact discarded, ");
        using var left = Workspace.OpenReadOnly(tenant.Home);
        left.Episodes.Count().Episodes.ShouldBe(24);
        left.Artifacts.Find("mined", outdated).ShouldBeNull();
        left.Artifacts.List("mined").Count().ShouldBe(1);
        left.Artifacts.List("kept").Count().ShouldBe(1);
        await SchedulerLab.UntilAsync(() => Task.FromResult(new PinFile(tenant.Home).Read().Count == 0));
    }

    [Test]
    public async Task and_is_none_the_worse_where_that_cannot_be_done()
    {
        var tenant = SmallNight.Prepare(_lab) with { Retention = new RetentionSettings(null, 1) };
        Directory.CreateDirectory(tenant.Home);
        File.WriteAllText(Path.Combine(tenant.Home, "registries"), _lab.InFolder("unmounted") + "\n");
        await _lab.StartAsync(tenant);
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var run = await _lab.UntilAsync(SmallNight.Id, RunState.Finished);
        run.Figures!.Published.ShouldBeTrue();
        var stages = await _lab.Store.Stages.ListAsync(SmallNight.Id);
        stages[^1].Name.ShouldBe("keep");
        stages[^1].State.ShouldBe(RunState.Failed);
        stages.SkipLast(1).ShouldAllBe(s => s.State == RunState.Finished);
        (await _lab.Store.Log.ListAsync(SmallNight.Id)).ShouldContain(l =>
            l.Level == "warning" && l.Text.Contains("unmounted", StringComparison.Ordinal)
        );
    }

    [Test]
    public async Task and_whoever_else_does_knows_what_it_needs()
    {
        var tenant = _lab.Tenant("acme") with { Retention = new RetentionSettings(90, 30) };
        Directory.CreateDirectory(tenant.Home);
        var pins = new PinFile(tenant.Home);
        IReadOnlyList<string> whileTraining = [];
        _lab.Steps.Script = async (order, stop) =>
        {
            if (order.Step is RunStep.Train && order.Pinned.Count > 0 && whileTraining.Count == 0)
            {
                whileTraining = pins.Read();
                return await ScriptedSteps.UntilStopped(stop);
            }

            return null;
        };
        await _lab.StartAsync(tenant);
        _lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        await SchedulerLab.UntilAsync(() => Task.FromResult(whileTraining.Count > 0));
        whileTraining.ShouldContain($"Prepare/{SmallNight.Id}");
        await _lab.Commands.SubmitAsync(SmallNight.Id, RunCommand.Pause, "ada");
        await _lab.UntilAsync(SmallNight.Id, RunState.Paused);
        pins.Read().ShouldContain($"Prepare/{SmallNight.Id}", "a paused night is not over");

        await _lab.Commands.SubmitAsync(SmallNight.Id, RunCommand.Resume, "ada");
        await _lab.UntilAsync(SmallNight.Id, RunState.Finished);
        await SchedulerLab.UntilAsync(() => Task.FromResult(pins.Read().Count == 0));
        var judge = _lab.Steps.Orders.Single(o => o.Step is RunStep.Judge);
        judge.Retention.ShouldBe(tenant.Retention);
        judge.Pinned.ShouldBe(
            [
                $"Prepare/{SmallNight.Id}",
                $"Train/{SmallNight.Id}",
                $"mined of {SmallNight.Id}",
                $"adapter of {SmallNight.Id}",
            ],
            ignoreOrder: true
        );
    }

    private static string Artifact(Workspace workspace, string kind, string name)
    {
        var draft = workspace.Artifacts.Begin(kind, new ArtifactRecipe(kind, "1", new { name }, 0, []));
        File.WriteAllText(draft["file"], name);
        return draft.Commit().Key;
    }

    private async Task<string> LogAsync() =>
        string.Join('\n', (await _lab.Store.Log.ListAsync(SmallNight.Id)).Select(l => l.Text));
}
