using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

[TestFixture(StoreBench.Sqlite)]
[TestFixture(StoreBench.Postgres)]
public sealed class two_machines_never_both_move_a_run(string kind)
{
    private const int Machines = 8;

    [Test]
    public async Task changes_of_many_at_once_all_count()
    {
        const int Each = 25;
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun();
        await bench.Store.AddAsync(run);

        var won = await bench.AtOnceAsync(
            Machines,
            async (store, _) =>
            {
                var seen = new List<int>();
                for (var i = 0; i < Each; i++)
                {
                    seen.Add((await store.ChangeAsync(run.Id, r => r with { Attempt = r.Attempt + 1 }))!.Attempt);
                }

                return seen;
            }
        );

        won.SelectMany(s => s).Order().ShouldBe(Enumerable.Range(2, Machines * Each));
        (await bench.Store.FindAsync(run.Id)).ShouldNotBeNull().Attempt.ShouldBe(1 + (Machines * Each));
    }

    [Test]
    public async Task only_one_takes_a_waiting_run()
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun();
        await bench.Store.AddAsync(run);

        var taken = await bench.AtOnceAsync(
            Machines,
            (store, i) =>
                store.ChangeAsync(
                    run.Id,
                    r => r.State is RunState.Waiting ? r with { State = RunState.Running, Node = $"n{i}" } : null
                )
        );

        var winner = taken.OfType<Run>().ShouldHaveSingleItem();
        (await bench.Store.FindAsync(run.Id)).ShouldNotBeNull().Node.ShouldBe(winner.Node);
    }

    [Test]
    public async Task a_run_is_added_once()
    {
        using var bench = new StoreBench(kind);

        var added = await bench.AtOnceAsync(
            Machines,
            (store, i) => store.AddAsync(StoreBench.ARun() with { Node = $"{i}" })
        );

        added.Count(a => a).ShouldBe(1);
        (await bench.Store.ListAsync(new RunQuery()))
            .ShouldHaveSingleItem()
            .Node.ShouldBe($"{Array.IndexOf(added, true)}");
    }

    [Test]
    public async Task many_may_prepare_an_empty_database()
    {
        using var bench = new StoreBench(kind, prepared: false);

        await bench.AtOnceAsync(
            Machines,
            async (store, i) =>
            {
                await store.PrepareAsync();
                return await store.AddAsync(StoreBench.ARun(n: i + 1));
            }
        );

        (await bench.Store.CountAsync(new RunQuery())).ShouldBe(Machines);
    }

    [Test]
    public async Task lines_of_many_stand_one_after_another()
    {
        const int Each = 40;
        using var bench = new StoreBench(kind);

        await bench.AtOnceAsync(
            Machines,
            async (store, i) =>
            {
                for (var n = 0; n < Each; n++)
                {
                    await store.Log.AddAsync("r", "info", $"{i}");
                }

                return i;
            }
        );

        var lines = await bench.Store.Log.ListAsync("r");
        lines.Select(l => l.Seq).ShouldBe(Enumerable.Range(1, Machines * Each).Select(n => (long)n));
        lines.GroupBy(l => l.Text).Select(g => g.Count()).ShouldAllBe(n => n == Each);
    }

    [Test]
    public async Task of_many_people_who_ask_for_a_night_one_gets_it()
    {
        using var bench = new StoreBench(kind);
        await bench.AddTenantAsync("north");

        var got = await bench.AtOnceAsync(
            Machines,
            async (store, i) =>
            {
                try
                {
                    return (await new RunCommands(store, bench.Clock).RunNowAsync("north", $"person {i}")).Id;
                }
                catch (RunCommandException e)
                {
                    e.Message.ShouldContain("is not over");
                    return null;
                }
            }
        );

        got.OfType<string>().ShouldHaveSingleItem().ShouldBe("north-20261122");
        (await bench.Store.CountAsync(new RunQuery())).ShouldBe(1);
    }

    [Test]
    public async Task schedules_are_written_by_many_at_once()
    {
        using var bench = new StoreBench(kind);
        TenantStatus[] tenants =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => new TenantStatus($"t{i:d2}", "/h", "/r", "/b", "01:30", "UTC", "", null, false)),
        ];

        await bench.AtOnceAsync(
            Machines,
            async (store, i) =>
            {
                for (var n = 0; n < 5; n++)
                {
                    await store.Tenants.SetAsync(i % 2 == 0 ? tenants : [.. tenants.Reverse()]);
                }

                return i;
            }
        );

        (await bench.Store.Tenants.ListAsync()).ShouldBe(tenants);
    }
}
