using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Distiller.Tests.Dashboard;

public sealed class Pages_say_what_is
{
    [Test]
    public async Task every_page_is_whole_and_holds_no_inline_script_or_style()
    {
        var host = await DashboardHost.Async();
        foreach (var (_, path) in DashboardPaths.Of(host.World))
        {
            using var response = await host.Client.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            var page = await response.Content.ReadAsStringAsync();
            page.ShouldContain("</html>", customMessage: path);
            Regex
                .IsMatch(page, "<script(?![^>]*\\ssrc=)", RegexOptions.IgnoreCase)
                .ShouldBeFalse($"{path}: inline script");
            Regex
                .IsMatch(page, "<[^>]+\\s(style|on[a-z]+)=", RegexOptions.IgnoreCase)
                .ShouldBeFalse($"{path}: inline style");
            page.ShouldNotContain("<style", customMessage: path);
        }
    }

    [Test]
    public async Task the_overview_tells_the_last_night_of_every_tenant()
    {
        var text = await TextAsync("/");
        // Of 19 March: 5,050 + 12 x 19 tokens before; after, 390 x 300 over the 293 that were solved.
        text.ShouldContain("5,278 → 399");
        text.ShouldContain("7.6 % of before");
        text.ShouldContain("Solved of 300 tasks 279 → 293");
        text.ShouldContain("superior");
        // The other tenant's log has no tasks that could be carried out.
        text.ShouldContain("Tokens per step 4,510 → 2,380");
        text.ShouldContain("The record is cut off.");
        text.ShouldContain("No night has finished yet");
        text.ShouldContain("nodeB");
        text.ShouldContain("silent");
    }

    [Test]
    public async Task a_night_that_the_gate_held_back_says_why()
    {
        var text = await TextAsync($"/jobs/{DashboardWorld.HeldBack}");
        text.ShouldContain("held back");
        text.ShouldContain("A3 solves 221 of 300 tasks where A1 solves 279");
        text.ShouldContain("inferior");
    }

    [Test]
    public async Task a_run_shows_its_stages_artifacts_and_log()
    {
        var host = await DashboardHost.Async();
        var page = await host.Client.GetStringAsync($"/jobs/{DashboardWorld.Finished}");
        page.ShouldContain($"/artifacts/mined/{host.World.Workspace.MinedKey}?tenant=halden");
        page.ShouldContain($"/artifacts/trial/{host.World.Workspace.TrialKey}/report?tenant=halden");
        page.ShouldContain("Training loss");
        var text = Text(page);
        text.ShouldContain("2 visits");
        text.ShouldContain("34 min");
        text.ShouldContain("release published");
        text.ShouldContain("asked for by schedule");
    }

    [Test]
    public async Task buttons_are_those_that_the_state_allows()
    {
        var host = await DashboardHost.Async();
        (await ButtonsAsync(host, DashboardWorld.Running)).ShouldBe(["Pause", "Cancel this night"]);
        (await ButtonsAsync(host, DashboardWorld.Paused)).ShouldBe(["Go on", "Cancel this night"]);
        (await ButtonsAsync(host, DashboardWorld.Failed)).ShouldBe(["Try again"]);
        (await ButtonsAsync(host, DashboardWorld.Finished)).ShouldBeEmpty();
    }

    [Test]
    public async Task the_history_has_pages_and_a_filter()
    {
        var first = await TextAsync("/jobs?tenant=halden");
        first.ShouldContain("48 nights");
        first.ShouldContain("Page 1 of 2");
        first.ShouldNotContain("airline-2026");
        var second = await TextAsync("/jobs?tenant=halden&page=2");
        second.ShouldContain("halden-20260121");
        (await TextAsync("/jobs?state=failed")).ShouldContain("1 night ");
        (await TextAsync("/jobs?tenant=halden&state=failed")).ShouldContain("No night in this state");
    }

    [Test]
    public async Task times_are_the_tenants()
    {
        var host = await DashboardHost.Async();
        // Due at 00:30 UTC: half past one in Berlin, half past eight of the evening before in New York.
        var page = WebUtility.HtmlDecode(await host.Client.GetStringAsync("/jobs"));
        page.ShouldContain("<time datetime=\"2026-03-21T01:30:00+01:00\"");
        page.ShouldContain("<time datetime=\"2026-03-20T20:30:00-04:00\"");
    }

    [Test]
    public async Task episodes_are_searched_and_read_as_conversations()
    {
        var host = await DashboardHost.Async();
        (await TextAsync("/episodes?tenant=halden")).ShouldContain("61 episodes");
        (await TextAsync("/episodes?tenant=halden&page=2")).ShouldContain("halden/ticket-0005");
        (await TextAsync("/episodes?tenant=halden&text=TICKET-0014")).ShouldContain("1 episode found");
        // The log says so of twelve; what it does not tell is judged by the transcript.
        var failed = (await TextAsync("/episodes?tenant=halden&outcome=failed")).Split(" episodes found")[0].Split(' ')[
            ^1
        ];
        int.Parse(failed, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(12, 60);
        (await TextAsync("/episodes?tenant=halden&format=tau-bench")).ShouldContain("20 episodes found");
        // Every seven hours from 08:00 UTC of 1 March; the 2nd begins in Berlin at 23:00 UTC.
        (await TextAsync("/episodes?tenant=halden&to=2026-03-01")).ShouldContain("3 episodes found");
        (await TextAsync("/episodes?tenant=halden&text=nowhere")).ShouldContain("0 episodes found");

        var text = await TextAsync($"/episodes/{host.World.Workspace.Episodes[0].Value}?tenant=halden");
        text.ShouldContain("Tokens in all 8,145");
        text.ShouldContain("calls restart_service");
        text.ShouldContain("Answer of get_service");
        text.ShouldContain("2,580 tokens in, 34 out");
        text.ShouldContain("error");
    }

    [Test]
    public async Task a_tenant_that_is_not_there_is_told_and_shows_no_other()
    {
        var text = await TextAsync("/patterns?tenant=nobody");
        text.ShouldContain("There is no tenant “ nobody ” in the schedule.");
        text.ShouldNotContain("Cancel a reservation");
    }

    [Test]
    public async Task an_empty_server_says_what_to_do_next()
    {
        using var world = new DashboardWorld();
        await world.Store.PrepareAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        var text = Text(await client.GetStringAsync("/"));
        text.ShouldContain("No night is planned yet");
        text.ShouldContain($"./distiller serve --home {world.Home}");
        foreach (var path in new[] { "/jobs", "/patterns", "/releases", "/episodes", "/quarantine" })
        {
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [TestCase("/jobs/nobody-20260101")]
    [TestCase("/patterns/0000?tenant=halden")]
    [TestCase("/episodes/000000000000?tenant=halden")]
    [TestCase("/releases/0000000000000000?tenant=halden")]
    [TestCase("/artifacts/mined/0000?tenant=halden")]
    [TestCase("/artifacts/..%2F..%2F.serve/distiller.db?tenant=halden")]
    [TestCase("/artifacts/mined/..?tenant=halden")]
    [TestCase("/artifacts/mined/..%2f..%2fx/report?tenant=halden")]
    [TestCase("/static/../dashboard.css")]
    [TestCase("/static/nothing.js")]
    [TestCase("/no/such/page")]
    public async Task what_is_not_there_is_404(string path)
    {
        var host = await DashboardHost.Async();
        using var response = await host.Client.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task a_report_is_sent_with_a_policy_that_lets_it_do_nothing()
    {
        var host = await DashboardHost.Async();
        foreach (
            var path in new[]
            {
                $"/artifacts/trial/{host.World.Workspace.TrialKey}/report?tenant=halden",
                $"/releases/{host.World.Workspace.ReleaseId}/report?tenant=halden",
            }
        )
        {
            using var response = await host.Client.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var policy = response.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
            policy.ShouldStartWith("sandbox; default-src 'none'");
            policy.ShouldNotContain("allow-scripts");
            (await response.Content.ReadAsStringAsync()).ShouldContain("before and after</title>");
        }

        // Mined artifacts have no report, and no other file is sent by any address.
        using var none = await host.Client.GetAsync(
            $"/artifacts/mined/{host.World.Workspace.MinedKey}/report?tenant=halden"
        );
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task a_release_tells_what_quantizing_cost()
    {
        var host = await DashboardHost.Async();
        var text = await TextAsync($"/releases/{host.World.Workspace.ReleaseId}?tenant=halden");
        text.ShouldContain("Product error of INT4 6.1 %");
        text.ShouldContain("a loss of 3.0 points is allowed");
        (await TextAsync("/releases?tenant=halden")).ShouldContain("6.1 %");
    }

    [Test]
    [Platform("Linux")]
    public async Task while_episodes_are_counted_the_page_says_so_and_comes_again()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        // Whoever reads a pipe waits until somebody writes into it.
        var part = Directory
            .GetFiles(Path.Combine(world.Home, "tenants", "halden", "episodes", "parts"), "*.parquet")
            .First();
        var bytes = await File.ReadAllBytesAsync(part);
        File.Delete(part);
        Process.Start("mkfifo", [part]).WaitForExit();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        try
        {
            foreach (var path in new[] { "/episodes", $"/episodes/{world.Workspace.Episodes[0]}" })
            {
                using var response = await client.GetAsync($"{path}?tenant=halden");
                response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
                response.Headers.GetValues("Refresh").ShouldBe(["3"], path);
                Text(await response.Content.ReadAsStringAsync()).ShouldContain("being counted", customMessage: path);
            }
        }
        finally
        {
            File.Move(part, part + ".pipe");
            await File.WriteAllBytesAsync(part, bytes);
            // Opened for both it waits for nobody, and lets whoever waits for it see its end.
            await using var pipe = new FileStream(
                part + ".pipe",
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite
            );
        }
    }

    [Test]
    public async Task a_file_that_is_damaged_is_named_with_its_remedy()
    {
        using var world = new DashboardWorld();
        await world.FillAsync();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        var manifest = Path.Combine(
            world.Home,
            "tenants",
            "halden",
            "artifacts",
            "mined",
            world.Workspace.MinedKey,
            "artifact.json"
        );
        await File.WriteAllTextAsync(manifest, "{ broken");
        using var response = await client.GetAsync("/patterns?tenant=halden");
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var text = Text(await response.Content.ReadAsStringAsync());
        text.ShouldContain(manifest);
        text.ShouldContain("Delete the artifact's folder and run the stage again.");
    }

    [Test]
    public async Task while_the_database_is_away_pages_say_so_and_come_back_by_themselves()
    {
        using var world = new DashboardWorld();
        world.TakeDatabaseAway();
        await using var app = await DashboardHost.ServeAsync(world);
        using var client = DashboardHost.ClientOf(app);
        using (var away = await client.GetAsync("/"))
        {
            away.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            Text(await away.Content.ReadAsStringAsync()).ShouldContain("The database cannot be asked");
        }

        world.BringDatabaseBack();
        (await client.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> TextAsync(string path) =>
        Text(await (await DashboardHost.Async()).Client.GetStringAsync(path));

    private static async Task<IEnumerable<string>> ButtonsAsync(DashboardHost host, string run)
    {
        var page = await host.Client.GetStringAsync($"/jobs/{run}");
        return Regex
            .Matches(page, "<button type=\"submit\"[^>]*>([^<]*)</button>")
            .Select(m => WebUtility.HtmlDecode(m.Groups[1].Value).Trim());
    }

    /// <summary>What a reader sees of a page's markup.</summary>
    private static string Text(string page) =>
        Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(page, "<[^>]*>", " ")), "\\s+", " ");
}
