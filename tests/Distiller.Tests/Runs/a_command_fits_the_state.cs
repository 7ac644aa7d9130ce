using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

[TestFixture(StoreBench.Sqlite)]
[TestFixture(StoreBench.Postgres)]
public sealed class a_command_fits_the_state(string kind)
{
    [Test]
    public async Task a_night_now_is_the_next_of_its_day_in_the_tenants_zone()
    {
        using var bench = new StoreBench(kind);
        await bench.Store.Tenants.SetAsync([
            new TenantStatus("north", "/h", "/r", "/b", "01:30", "America/New_York", "", null, false),
        ]);
        var told = new List<string>();
        var commands = new RunCommands(bench.Store, bench.Clock, told.Add);

        var first = await commands.RunNowAsync("north", "anna");
        var second = await Should.ThrowAsync<RunCommandException>(() => commands.RunNowAsync("north", "ben"));
        await bench.Store.ChangeAsync(first.Id, r => r with { State = RunState.Failed });
        var third = await commands.RunNowAsync("north", "ben");

        // 01:30 UTC is still the evening before there.
        first.Id.ShouldBe("north-20261121");
        first.AskedBy.ShouldBe("anna");
        second.Message.ShouldContain(first.Id);
        third.Id.ShouldBe("north-20261121-2");
        told.ShouldBe([first.Id, third.Id]);
        (
            await Should.ThrowAsync<RunCommandException>(() => commands.RunNowAsync("south", "anna"))
        ).Message.ShouldContain("south");
    }

    [TestCase(RunState.Waiting, "Pause Cancel")]
    [TestCase(RunState.Running, "Pause Cancel")]
    [TestCase(RunState.Paused, "Resume Cancel")]
    [TestCase(RunState.Retrying, "Pause Cancel Retry")]
    [TestCase(RunState.Finished, "")]
    [TestCase(RunState.Failed, "Retry")]
    [TestCase(RunState.Cancelled, "Retry")]
    public async Task only_a_fitting_command_is_accepted(RunState state, string fitting)
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun() with { State = state, Reason = "so it is" };
        await bench.Store.AddAsync(run);

        foreach (var command in Enum.GetValues<RunCommand>())
        {
            if (fitting.Split(' ').Contains(command.ToString()))
            {
                var changed = await bench.Commands.SubmitAsync(run.Id, command, "anna");
                (changed.Command, changed.CommandBy, changed.State).ShouldBe((command, "anna", state));
            }
            else
            {
                var refused = await Should.ThrowAsync<RunCommandException>(() =>
                    bench.Commands.SubmitAsync(run.Id, command, "ben")
                );
                refused.Message.ShouldContain("so it is");
            }
        }

        (await bench.Store.Log.ListAsync(run.Id)).ShouldAllBe(l => l.Text.StartsWith("anna asks to "));
        (await bench.Store.FindAsync(run.Id)).ShouldNotBeNull().CommandBy.ShouldBe(fitting.Length == 0 ? null : "anna");
    }

    [Test]
    public async Task a_run_that_does_not_exist_takes_no_command()
    {
        using var bench = new StoreBench(kind);

        await Should.ThrowAsync<RunCommandException>(() =>
            bench.Commands.SubmitAsync("north-1", RunCommand.Cancel, "anna")
        );
    }
}
