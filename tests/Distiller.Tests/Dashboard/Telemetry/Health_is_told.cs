using System.Net;
using System.Text.Json;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard.Telemetry;

internal sealed class Health_is_told
{
    private TemporaryFolder _home = null!;

    [SetUp]
    public void Begin() => _home = new TemporaryFolder();

    [TearDown]
    public void End() => _home.Dispose();

    [Test]
    public async Task a_server_that_is_well_is_ready()
    {
        await using var server = await RunningDashboard.StartAsync(_home);
        (await server.Browser.GetStringAsync("/healthz")).ShouldBe("ok\n");
        var (status, state, parts) = await ReadyAsync(server);
        status.ShouldBe(HttpStatusCode.OK);
        state.ShouldBe("ready");
        parts.ShouldBeEmpty();
    }

    [Test]
    public async Task a_part_that_works_badly_is_told_and_one_that_blocks_makes_it_not_ready()
    {
        await using var server = await RunningDashboard.StartAsync(_home);
        server.Health.Degraded("webhook", "the receiver answered 500");
        var (status, state, parts) = await ReadyAsync(server);
        status.ShouldBe(HttpStatusCode.OK);
        state.ShouldBe("degraded");
        parts.ShouldBe(["webhook False the receiver answered 500"]);

        server.Health.NotReady("scheduler", "has not started yet");
        (status, state, parts) = await ReadyAsync(server);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        state.ShouldBe("not ready");
        parts.ShouldBe(["scheduler True has not started yet", "webhook False the receiver answered 500"]);
        (await server.Browser.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);

        server.Health.Well("scheduler");
        server.Health.Well("webhook");
        (await ReadyAsync(server)).State.ShouldBe("ready");
    }

    [Test]
    public async Task a_database_that_is_away_is_the_reason()
    {
        var away = RunDatabase.Postgres("Host=127.0.0.1;Port=1;Username=u;Password=hidden-word;Timeout=2");
        await using var server = await RunningDashboard.StartAsync(_home, database: away);
        var (status, _, parts) = await ReadyAsync(server);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        parts.Single().ShouldStartWith("database True postgresql://127.0.0.1:1/");
        parts.Single().ShouldNotContain("hidden-word");
    }

    [Test]
    public async Task a_home_that_is_gone_is_the_reason()
    {
        using var other = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(_home, database: await PreparedAsync(other["db"]));
        Directory.Delete(_home.Path, recursive: true);
        try
        {
            (await ReadyAsync(server)).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            Directory.CreateDirectory(_home.Path);
        }
    }

    [Test]
    public async Task strangers_are_told_that_and_not_why()
    {
        await using var server = await RunningDashboard.StartAsync(
            _home,
            o => o with { Token = RunningDashboard.Token }
        );
        server.Health.NotReady("scheduler", "db.internal is away");
        var (status, _, parts) = await ReadyAsync(server);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        parts.ShouldBe(["scheduler True shown to whoever is logged in"]);
        server.Browser.DefaultRequestHeaders.Add("Authorization", "Bearer " + RunningDashboard.Token);
        (await ReadyAsync(server)).Parts.ShouldBe(["scheduler True db.internal is away"]);
    }

    private static async Task<RunDatabase> PreparedAsync(string path)
    {
        var database = RunDatabase.Sqlite(path);
        await new RunStore(database, TimeProvider.System).PrepareAsync();
        return database;
    }

    private static async Task<(HttpStatusCode Status, string State, List<string> Parts)> ReadyAsync(
        RunningDashboard server
    )
    {
        var answer = await server.Browser.GetAsync("/readyz");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var parts = json.RootElement.GetProperty("parts");
        return (
            answer.StatusCode,
            json.RootElement.GetProperty("state").GetString()!,
            [
                .. parts
                    .EnumerateArray()
                    .Select(p => $"{p.GetProperty("part")} {p.GetProperty("blocks")} {p.GetProperty("why")}"),
            ]
        );
    }
}
