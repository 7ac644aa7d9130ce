using System.Data.Common;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

public sealed class the_database_goes_away_and_comes_back
{
    [Test]
    public async Task a_server_that_is_stopped()
    {
        using var bench = new StoreBench(StoreBench.Postgres);
        var run = StoreBench.ARun();
        await bench.Store.AddAsync(run);

        PostgresServer.Started.Stop();
        try
        {
            var away = await Should.ThrowAsync<RunDatabaseAwayException>(() => bench.Store.FindAsync(run.Id));
            away.Message.ShouldContain("postgresql://127.0.0.1:");
            away.Message.ShouldNotContain("Username");
        }
        finally
        {
            PostgresServer.Started.Start();
        }

        (await bench.Store.FindAsync(run.Id)).ShouldNotBeNull();
        await bench.Store.Log.AddAsync(run.Id, "info", "back");
        (await bench.Store.Log.ListAsync(run.Id)).ShouldHaveSingleItem();
    }

    [Test]
    public async Task a_server_that_was_started_anew_between_two_questions()
    {
        using var bench = new StoreBench(StoreBench.Postgres);
        var run = StoreBench.ARun();
        await bench.Store.AddAsync(run);
        // Several connections lie in the pool, none of which will do.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.Store.FindAsync(run.Id)));

        PostgresServer.Started.Stop();
        PostgresServer.Started.Start();

        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.Store.FindAsync(run.Id)));
        found.ShouldAllBe(r => r != null);
    }

    [Test]
    public async Task a_file_that_cannot_be_opened()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["distiller.db"]);
        using var database = RunDatabase.Sqlite(folder["distiller.db"]);
        var store = new RunStore(database, new FakeTimeProvider(StoreBench.Now));

        (await Should.ThrowAsync<RunDatabaseAwayException>(() => store.PrepareAsync())).Message.ShouldContain(
            folder["distiller.db"]
        );

        Directory.Delete(folder["distiller.db"]);
        await store.PrepareAsync();
        (await store.AddAsync(StoreBench.ARun())).ShouldBeTrue();
    }

    [Test]
    public async Task a_disk_that_is_full()
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk(folder["disk"], 2);
        using var database = RunDatabase.Sqlite(Path.Combine(disk.Path, "distiller.db"));
        var store = new RunStore(database, new FakeTimeProvider(StoreBench.Now));
        await store.PrepareAsync();
        var run = StoreBench.ARun();
        await store.AddAsync(run);
        disk.Fill();

        // The first lines may still find room in what the files already have.
        var full = await Should.ThrowAsync<DbException>(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                await store.Log.AddAsync(run.Id, "info", new string('x', 10_000));
            }
        });
        full.Message.ShouldContain("full");
        var kept = (await store.Log.ListAsync(run.Id)).Count;

        disk.MakeRoom();
        await store.Log.AddAsync(run.Id, "info", "again");
        (await store.Log.ListAsync(run.Id)).Count.ShouldBe(kept + 1);
    }

    [Test]
    public async Task what_is_no_database_is_refused_and_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["distiller.db"], new string('x', 10_000));
        using var database = RunDatabase.Sqlite(folder["distiller.db"]);

        var refused = await Should.ThrowAsync<BadInputException>(() =>
            new RunStore(database, new FakeTimeProvider(StoreBench.Now)).PrepareAsync()
        );

        refused.Place.File.ShouldBe(folder["distiller.db"]);
        refused.Remedy.ShouldContain("runbook");
        File.ReadAllText(folder["distiller.db"]).ShouldBe(new string('x', 10_000));
    }

    [Test]
    public void a_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        Should
            .Throw<BadInputException>(() => RunDatabase.Sqlite(folder["file/.serve/distiller.db"]))
            .Message.ShouldContain(folder["file/.serve/distiller.db"]);
    }

    [TestCase("Host=;Port=nothing")]
    [TestCase("postgresql://user@host/db")]
    public void what_is_no_connection_string_is_refused(string text) =>
        Should.Throw<BadInputException>(() => RunDatabase.Postgres(text)).Remedy.ShouldContain("Host=");
}
