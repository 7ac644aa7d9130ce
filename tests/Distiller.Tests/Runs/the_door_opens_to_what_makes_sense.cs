using Distiller.Runs;

namespace Distiller.Tests.Runs;

[TestFixture(StoreBench.Sqlite)]
[TestFixture(StoreBench.Postgres)]
public sealed class the_door_opens_to_what_makes_sense(string kind)
{
    [Test]
    public async Task a_night_now_is_the_next_of_its_day_in_the_tenants_zone()
    {
        using var bench = new StoreBench(kind);
        await bench.Store.Tenants.SetAsync([
            new TenantStatus("north", "/h", "/r", "/b", "01:30", "America/New_York", "", null, false),
        ]);
        var told = new List<string>();
        var door = new RunDoor(bench.Store, bench.Clock, told.Add);

        var first = await door.RunNowAsync("north", "anna");
        var second = await Should.ThrowAsync<RunDoorException>(() => door.RunNowAsync("north", "ben"));
        await bench.Store.ChangeAsync(first.Id, r => r with { State = RunState.Failed });
        var third = await door.RunNowAsync("north", "ben");

        // 01:30 UTC is still the evening before there.
        first.Id.ShouldBe("north-20261121");
        first.AskedBy.ShouldBe("anna");
        second.Message.ShouldContain(first.Id);
        third.Id.ShouldBe("north-20261121-2");
        told.ShouldBe([first.Id, third.Id]);
        (await Should.ThrowAsync<RunDoorException>(() => door.RunNowAsync("south", "anna"))).Message.ShouldContain(
            "south"
        );
    }

    [TestCase(RunState.Waiting, "Pause Cancel")]
    [TestCase(RunState.Running, "Pause Cancel")]
    [TestCase(RunState.Paused, "Resume Cancel")]
    [TestCase(RunState.Retrying, "Pause Cancel Retry")]
    [TestCase(RunState.Finished, "")]
    [TestCase(RunState.Failed, "Retry")]
    [TestCase(RunState.Cancelled, "Retry")]
    public async Task a_wish_fits_the_state(RunState state, string fitting)
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun() with { State = state, Reason = "so it is" };
        await bench.Store.AddAsync(run);

        foreach (var wish in Enum.GetValues<RunWish>())
        {
            if (fitting.Split(' ').Contains(wish.ToString()))
            {
                var wished = await bench.Door.WishAsync(run.Id, wish, "anna");
                (wished.Wish, wished.WishBy, wished.State).ShouldBe((wish, "anna", state));
            }
            else
            {
                var refused = await Should.ThrowAsync<RunDoorException>(() =>
                    bench.Door.WishAsync(run.Id, wish, "ben")
                );
                refused.Message.ShouldContain("so it is");
            }
        }

        (await bench.Store.Log.ListAsync(run.Id)).ShouldAllBe(l => l.Text.StartsWith("anna asks to "));
        (await bench.Store.FindAsync(run.Id)).ShouldNotBeNull().WishBy.ShouldBe(fitting.Length == 0 ? null : "anna");
    }

    [Test]
    public async Task there_is_nothing_to_wish_of_a_run_that_is_not()
    {
        using var bench = new StoreBench(kind);

        await Should.ThrowAsync<RunDoorException>(() => bench.Door.WishAsync("north-1", RunWish.Cancel, "anna"));
    }
}
