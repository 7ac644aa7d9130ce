using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Runs;

[TestFixture(StoreBench.Sqlite)]
[TestFixture(StoreBench.Postgres)]
public sealed class a_night_is_on_record(string kind)
{
    [Test]
    public async Task with_all_that_is_known_of_it()
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun() with
        {
            State = RunState.Running,
            Step = RunStep.Judge,
            Stage = "evaluate",
            Progress = 0.25,
            Note = "arm A1",
            Remaining = TimeSpan.FromMinutes(3),
            Attempt = 2,
            Node = "one",
            Command = RunCommand.Pause,
            CommandBy = "anna",
            Started = StoreBench.Now,
            Ended = StoreBench.Now.AddHours(1),
            Figures = new RunFigures
            {
                Episodes = 7,
                GateReasons = ["a", "b"],
                Arms = [new RunArmFigures("A1", 3, 2, 5, 7.5, null)],
            },
        };

        (await bench.Store.AddAsync(run)).ShouldBeTrue();

        var read = await bench.Store.FindAsync(run.Id);
        read.ShouldNotBeNull();
        read.Figures.ShouldNotBeNull().GateReasons.ShouldBe(["a", "b"]);
        read.Figures.Arms.ShouldBe(run.Figures!.Arms);
        (read with { Figures = run.Figures }).ShouldBe(run with { Updated = StoreBench.Now });
        (await bench.Store.FindAsync("north-20261123")).ShouldBeNull();
    }

    [Test]
    public async Task and_with_what_is_not()
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun();

        await bench.Store.AddAsync(run);

        (await bench.Store.FindAsync(run.Id)).ShouldBe(run with { Updated = StoreBench.Now });
    }

    [Test]
    public async Task newest_first_by_tenant_and_state_a_page_at_a_time()
    {
        using var bench = new StoreBench(kind);
        for (var n = 1; n <= 6; n++)
        {
            var run = StoreBench.ARun(n % 2 == 0 ? "north" : "south", n, StoreBench.Now.AddDays(n));
            await bench.Store.AddAsync(run with { State = n < 3 ? RunState.Failed : RunState.Finished });
        }

        var all = await bench.Store.ListAsync(new RunQuery());
        var page = await bench.Store.ListAsync(new RunQuery(null, 2, 2));
        var north = await bench.Store.ListAsync(new RunQuery("north", 50, 0, RunState.Finished, RunState.Running));

        all.Select(r => r.Due).ShouldBe(Enumerable.Range(1, 6).Select(n => StoreBench.Now.AddDays(n)).Reverse());
        page.ShouldBe(all.Skip(2).Take(2));
        north.Select(r => r.Id).ShouldBe(["north-20261122-6", "north-20261122-4"]);
        (await bench.Store.CountAsync(new RunQuery("north", 1, 5, RunState.Finished))).ShouldBe(2);
    }

    [Test]
    public async Task a_stage_that_was_interrupted_is_one_with_several_visits()
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun();
        await bench.Store.AddAsync(run);

        await bench.Store.Stages.BeganAsync(run.Id, "mine", "one", ["reduced/ab"]);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await bench.Store.Stages.EndedAsync(run.Id, "mine", RunState.Finished, ["mined/cd"], "12 patterns");
        await bench.Store.Stages.BeganAsync(run.Id, "distill", "one", ["mined/cd"]);
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.Store.Stages.InterruptedAsync(run.Id, RunState.Paused);
        bench.Clock.Advance(TimeSpan.FromHours(20));
        await bench.Store.Stages.BeganAsync(run.Id, "distill", "two", ["mined/cd"]);
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await bench.Store.Stages.EndedAsync(run.Id, "distill", RunState.Finished, ["adapter/ef"], "");
        // Told twice, it has ended once.
        bench.Clock.Advance(TimeSpan.FromMinutes(9));
        await bench.Store.Stages.EndedAsync(run.Id, "distill", RunState.Failed, [], "again");

        var stages = await bench.Store.Stages.ListAsync(run.Id);
        stages.Select(s => s.Name).ShouldBe(["mine", "distill"]);
        stages[0].Outputs.ShouldBe(["mined/cd"]);
        stages[0].Note.ShouldBe("12 patterns");
        stages[1].State.ShouldBe(RunState.Finished);
        stages[1].Visits.ShouldBe(2);
        stages[1].Busy.ShouldBe(TimeSpan.FromMinutes(7));
        stages[1].Node.ShouldBe("two");
        stages[1].Inputs.ShouldBe(["mined/cd"]);
        stages[1].Ended.ShouldBe(StoreBench.Now + TimeSpan.FromMinutes(8) + TimeSpan.FromHours(20));
    }

    [Test]
    public async Task a_clock_that_is_set_back_neither_takes_work_away_nor_undoes_a_change()
    {
        using var bench = new StoreBench(kind);
        var run = StoreBench.ARun();
        await bench.Store.AddAsync(run);
        await bench.Store.Stages.BeganAsync(run.Id, "mine", "one", []);

        bench.Clock.AdjustTime(bench.Clock.GetUtcNow().AddHours(-3));
        await bench.Store.Stages.EndedAsync(run.Id, "mine", RunState.Finished, [], "");
        var first = await bench.Store.ChangeAsync(run.Id, r => r with { Attempt = 2 });
        var second = await bench.Store.ChangeAsync(run.Id, r => r with { Attempt = 3 });

        (await bench.Store.Stages.ListAsync(run.Id))[0].Busy.ShouldBe(TimeSpan.Zero);
        first.ShouldNotBeNull().Updated.ShouldBeGreaterThan(StoreBench.Now);
        second.ShouldNotBeNull().Updated.ShouldBeGreaterThan(first.Updated);
        (await bench.Store.FindAsync(run.Id)).ShouldBe(second);
    }

    [Test]
    public async Task the_log_keeps_its_newest_lines()
    {
        using var bench = new StoreBench(kind);
        for (var i = 1; i <= 2_150; i++)
        {
            await bench.Store.Log.AddAsync("r", i % 2 == 0 ? "info" : "warning", $"line {i}");
        }

        var lines = await bench.Store.Log.ListAsync("r");
        lines[0].Seq.ShouldBe(101);
        (await bench.Store.Log.ListAsync("r", 2_148)).ShouldBe([
            new RunLogLine(2_149, StoreBench.Now, "warning", "line 2149"),
            new RunLogLine(2_150, StoreBench.Now, "info", "line 2150"),
        ]);
        (await bench.Store.Log.ListAsync("r", 0, 1)).ShouldHaveSingleItem().Seq.ShouldBe(101);
        (await bench.Store.Log.ListAsync("other")).ShouldBeEmpty();
    }

    /// <summary>PostgreSQL refuses NUL, Npgsql half a surrogate pair: a log line must not stop a night.</summary>
    [Test]
    public async Task hostile_text_is_kept_as_text()
    {
        using var bench = new StoreBench(kind);
        const string Hostile = "'; DROP TABLE distiller_runs; --\0<script>\u001b[31m\u202e \ud83d half 😀";
        const string Kept = "'; DROP TABLE distiller_runs; --\ufffd<script>\u001b[31m\u202e \ufffd half 😀";
        var run = StoreBench.ARun() with { Reason = Hostile, Note = Hostile, AskedBy = Hostile, CommandBy = Hostile };

        await bench.Store.AddAsync(run);
        await bench.Store.ChangeAsync(run.Id, r => r with { State = RunState.Running, Reason = Hostile });
        await bench.Store.ProgressAsync(run.Id, "mine", 0.5, Hostile, null);
        await bench.Store.Stages.BeganAsync(run.Id, "mine", "one", [Hostile]);
        await bench.Store.Stages.EndedAsync(run.Id, "mine", RunState.Failed, [], Hostile);
        await bench.Store.Log.AddAsync(run.Id, "error", Hostile);
        await bench.Store.Log.AddAsync(run.Id, "error", new string('x', 3_000_000));

        var read = await bench.Store.FindAsync(run.Id);
        read.ShouldNotBeNull();
        new[] { read.Reason, read.Note, read.AskedBy, read.CommandBy }.ShouldAllBe(t => t == Kept);
        (await bench.Store.Stages.ListAsync(run.Id))[0].Note.ShouldBe(Kept);
        var lines = await bench.Store.Log.ListAsync(run.Id);
        lines[0].Text.ShouldBe(Kept);
        lines[1].Text.Length.ShouldBeLessThan(20_000);
    }

    [Test]
    public async Task tenants_follow_the_schedule_and_stay_held()
    {
        using var bench = new StoreBench(kind);
        var north = new TenantStatus("north", "/h", "/r", "/b", "01:30", "UTC", "", StoreBench.Now, false);
        await bench.Store.Tenants.SetAsync([north, north with { Name = "south" }]);
        await bench.Store.Tenants.HoldAsync("north", true);

        await bench.Store.Tenants.SetAsync([north with { Name = "west" }, north with { Schedule = "02:30" }]);
        await bench.Store.Tenants.SetNextDueAsync("west", null);

        (await bench.Store.Tenants.ListAsync()).ShouldBe([
            north with
            {
                Schedule = "02:30",
                IsHeld = true,
            },
            north with
            {
                Name = "west",
                NextDue = null,
            },
        ]);
    }

    [Test]
    public async Task nodes_give_signs_of_life()
    {
        using var bench = new StoreBench(kind);
        var node = new RunNode("one", ["cpu", "gpu"], "0.1.0", StoreBench.Now, StoreBench.Now);
        await bench.Store.Nodes.BeatAsync(node);
        await bench.Store.Nodes.BeatAsync(node with { Seen = StoreBench.Now.AddSeconds(5) });

        var known = (await bench.Store.Nodes.ListAsync()).ShouldHaveSingleItem();
        known.Seen.ShouldBe(StoreBench.Now.AddSeconds(5));
        known.Roles.ShouldBe(["cpu", "gpu"]);
    }

    [Test]
    public async Task tables_of_a_newer_program_are_left_alone()
    {
        using var bench = new StoreBench(kind);
        await using (var db = await bench.Store.Database.OpenAsync())
        {
            await using var command = db.CreateCommand();
            command.CommandText = "INSERT INTO distiller_schema (version) VALUES (1000)";
            await command.ExecuteNonQueryAsync();
        }

        (await Should.ThrowAsync<BadInputException>(() => bench.Machine().PrepareAsync())).Reason.ShouldContain("1000");
    }
}
