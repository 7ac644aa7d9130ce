using System.Text.Json.Nodes;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.CommandLine;

/// <summary>Two nights of the sample company through the real scheduler, on the shipped base, with tiny numbers.</summary>
internal sealed class a_week_of_nights
{
    private const int Tickets = 20;

    private TemporaryFolder _folder = null!;
    private CommandResult _week = null!;

    [OneTimeSetUp]
    public void Live()
    {
        _folder = new TemporaryFolder();
        _week = DistillerProcess.Run(Arguments());
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    private JsonArray Nights => _week.Json["nights"]!.AsArray();

    [Test]
    public void is_done_when_its_nights_are_over_whatever_their_gates_said()
    {
        _week.ExitCode.ShouldBe(0, _week.ToString());
        Nights.Select(n => (string)n!["state"]!).ShouldBe(["finished", "finished"]);
        Nights.ShouldAllBe(n => !(bool)n!["published"]! && n["gateReasons"]!.AsArray().Count > 0);
    }

    [Test]
    public void is_one_document_on_standard_output_and_everything_else_on_standard_error()
    {
        _week.Output.TrimEnd().ShouldStartWith("{");
        _week.Output.TrimEnd().ShouldEndWith("}");
        ((string)_week.Json["home"]!).ShouldBe(_folder["home"]);
        _week.Error.ShouldContain("dashboard: http://127.0.0.1:");
        _week.Error.ShouldContain("night 2 of 2");
        _week.Error.ShouldContain("Application started", customMessage: "the server's log");
    }

    [Test]
    public void tries_each_night_on_the_day_that_begins_with_it()
    {
        Nights.Select(n => (string)n!["run"]!).ShouldBe(["opsdesk-20260106", "opsdesk-20260107"]);
        Nights.Select(n => (string)n!["night"]!).ShouldBe(["2026-01-06", "2026-01-07"]);
        Nights.ShouldAllBe(n => (int)n!["before"]!["tasks"]! == Tickets && (int)n["after"]!["tasks"]! == Tickets);
        Nights.ShouldAllBe(n => (double)n!["after"]!["tokensPerTask"]! < 0.5 * (double)n["before"]!["tokensPerTask"]!);
    }

    [Test]
    public async Task interrupts_the_second_night_by_its_window_and_goes_on_the_next_evening()
    {
        Nights.Select(n => (int)n!["visits"]!).ShouldBe([1, 2]);
        using var database = RunDatabase.Sqlite(_folder["home/.serve/distiller.db"]);
        var store = new RunStore(database, TimeProvider.System);
        var lines = await store.Log.ListAsync("opsdesk-20260107");
        lines.ShouldContain(l => l.Text.Contains("window", StringComparison.Ordinal));
        var distill = (await store.Stages.ListAsync("opsdesk-20260107")).Single(s => s.Name == "distill");
        distill.Started.ShouldBeInRange(At(7, 1), At(7, 6));
        distill.Ended!.Value.ShouldBeInRange(At(7, 22), At(8, 6));
    }

    [Test]
    public async Task leaves_its_schedule_held_so_that_a_server_over_it_begins_no_night()
    {
        using var database = RunDatabase.Sqlite(_folder["home/.serve/distiller.db"]);
        var tenants = await new RunStore(database, TimeProvider.System).Tenants.ListAsync();
        tenants.ShouldHaveSingleItem().IsHeld.ShouldBeTrue();
        var check = DistillerProcess.Run("schedule", "check", _folder["home/nightly.yaml"]);
        check.ExitCode.ShouldBe(0, check.ToString());
    }

    [Test]
    public void lived_again_it_says_the_same_and_makes_nothing_anew()
    {
        var before = Made();
        var again = DistillerProcess.Run(Arguments());
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Json.ToJsonString().ShouldBe(_week.Json.ToJsonString());
        Made().ShouldBe(before);
    }

    private string[] Arguments() =>
        [
            "opsdesk",
            "week",
            "--nights",
            "2",
            "--tickets-per-day",
            "200",
            "--test-tickets",
            $"{Tickets}",
            "--max-train-tokens",
            "30000",
            "--threads",
            "2",
            "--port",
            "0",
            "--home",
            _folder["home"],
            "--json",
        ];

    /// <summary>The logs, and what the nights made of them, with the times at which they were written.</summary>
    private List<string> Made() =>
        [
            .. new[] { DeskFolder("logs"), DeskFolder("tenants") }
                .SelectMany(f => Directory.GetFiles(f, "*", SearchOption.AllDirectories))
                .Order(StringComparer.Ordinal)
                .Select(f => $"{f} {File.GetLastWriteTimeUtc(f):O}"),
        ];

    private string DeskFolder(string name) => _folder[$"home/{name}"];

    private static DateTimeOffset At(int day, int hour) => new(2026, 1, day, hour, 0, 0, TimeSpan.Zero);
}
