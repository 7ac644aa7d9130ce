using System.Diagnostics;
using Dapper;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

[TestFixture(StoreBench.Sqlite)]
[TestFixture(StoreBench.Postgres)]
public sealed class ten_thousand_nights_are_quickly_listed(string kind)
{
    private const int Runs = 10_000;
    private const double MedianMsMax = 200;

    [Test]
    public async Task whatever_is_asked()
    {
        using var bench = new StoreBench(kind);
        await FillAsync(bench);
        (await bench.Store.CountAsync(new RunQuery())).ShouldBe(Runs);

        (string Name, Func<Task> Ask)[] questions =
        [
            ("the newest", () => bench.Store.ListAsync(new RunQuery())),
            ("page 100", () => bench.Store.ListAsync(new RunQuery(null, 50, 5_000))),
            ("one tenant's", () => bench.Store.ListAsync(new RunQuery("t3", 50))),
            (
                "a tenant's unfinished",
                () => bench.Store.ListAsync(new RunQuery("t3", 1, 0, RunState.Waiting, RunState.Running))
            ),
            ("failed ones", () => bench.Store.ListAsync(new RunQuery(null, 50, 0, RunState.Failed))),
            ("how many", () => bench.Store.CountAsync(new RunQuery())),
        ];
        foreach (var (name, ask) in questions)
        {
            var times = new List<double>();
            for (var i = 0; i < 9; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                await ask();
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            times.Sort();
            TestContext.Out.WriteLine($"{kind}, {name}: median {times[4]:F1} ms");
            times[4].ShouldBeLessThan(MedianMsMax, name);
        }
    }

    [Test]
    public async Task without_reading_them_all()
    {
        using var bench = new StoreBench(kind);
        await FillAsync(bench);
        await using var db = await bench.Store.Database.OpenAsync();
        var explain = bench.Store.Database.IsPostgres ? "ANALYZE distiller_runs; EXPLAIN " : "EXPLAIN QUERY PLAN ";

        foreach (var condition in new[] { "", "WHERE tenant = 't3'" })
        {
            var sql = $"SELECT * FROM distiller_runs {condition} ORDER BY due DESC, id LIMIT 50";
            var plan = string.Join(
                '\n',
                (await db.QueryAsync(explain + sql)).Select(r =>
                    string.Join(' ', ((IDictionary<string, object>)r).Values)
                )
            );

            plan.ShouldContain("distiller_runs_", Case.Sensitive, "no index serves this");
            plan.ShouldNotContain("SORT", Case.Insensitive);
            plan.ShouldNotContain("TEMP B-TREE", Case.Insensitive);
        }
    }

    private static async Task FillAsync(StoreBench bench)
    {
        await bench.Store.AddAsync(
            StoreBench.ARun("t0") with
            {
                Id = "seed",
                Figures = new RunFigures { Episodes = 1_000 },
            }
        );
        await using var db = await bench.Store.Database.OpenAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("CREATE TEMP TABLE one AS SELECT * FROM distiller_runs", transaction: transaction);
        for (var i = 1; i < Runs; i++)
        {
            await db.ExecuteAsync(
                """
                UPDATE one SET id = @id, tenant = @tenant, due = due + 60000, state = @state;
                INSERT INTO distiller_runs SELECT * FROM one;
                """,
                new
                {
                    id = $"run-{i:d5}",
                    tenant = $"t{i % 10}",
                    state = (i % 9 == 0 ? RunState.Failed : RunState.Finished).ToString(),
                },
                transaction
            );
        }

        await transaction.CommitAsync();
    }
}
