using Dapper;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

[TestFixture(StoreBench.Sqlite)]
[TestFixture(StoreBench.Postgres)]
internal sealed class a_database_of_an_older_program_goes_on(string kind)
{
    [Test]
    public async Task its_runs_had_no_jobs()
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun();
        (await bench.Store.AddAsync(run)).ShouldBeTrue();
        await using (var db = await bench.Store.Database.OpenAsync())
        {
            // As version 1 made them.
            await db.ExecuteAsync("ALTER TABLE distiller_runs DROP COLUMN job");
            await db.ExecuteAsync("DELETE FROM distiller_schema; INSERT INTO distiller_schema (version) VALUES (1)");
        }

        var machines = await bench.AtOnceAsync(4, (store, _) => store.FindAsync(run.Id));

        machines.ShouldAllBe(r => r!.Job == null && r.Reason == run.Reason);
        var read = (await bench.Store.FindAsync(run.Id)).ShouldNotBeNull();
        (await bench.Store.SetJobAsync(read, "7")).ShouldBeTrue();
        (await bench.Machine().FindAsync(run.Id))!.Job.ShouldBe("7");
    }

    [Test]
    public async Task whoever_asks_an_empty_one_first_finds_its_tables()
    {
        using var bench = new StoreBench(kind, prepared: false);

        (await bench.AtOnceAsync(8, (store, _) => store.ListAsync(new RunQuery()))).ShouldAllBe(l => l.Count == 0);
        (await bench.Machine().Nodes.ListAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task of_many_that_hand_a_step_over_one_does()
    {
        using var bench = new StoreBench(kind);
        await bench.Store.AddAsync(StoreBench.ARun());
        var read = (await bench.Store.FindAsync(StoreBench.ARun().Id)).ShouldNotBeNull();

        var set = await bench.AtOnceAsync(8, (store, i) => store.SetJobAsync(read, $"{i}"));

        set.Count(s => s).ShouldBe(1);
        var now = (await bench.Store.FindAsync(read.Id)).ShouldNotBeNull();
        now.Job.ShouldBe($"{Array.IndexOf(set, true)}");
        now.Updated.ShouldBe(read.Updated);
        // Who read the run before does not put the old job back.
        (await bench.Store.SetJobAsync(read, "late")).ShouldBeFalse();
        var looked = 0;
        var changed = await bench.Store.ChangeAsync(
            read.Id,
            r =>
            {
                if (++looked == 1)
                {
                    bench.Machine().SetJobAsync(r, "quicker").GetAwaiter().GetResult().ShouldBeTrue();
                }

                return r with
                {
                    Reason = "changed",
                };
            }
        );
        changed!.Job.ShouldBe("quicker");
        looked.ShouldBe(2);
    }
}
