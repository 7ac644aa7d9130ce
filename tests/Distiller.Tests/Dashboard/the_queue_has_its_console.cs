using System.Net;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.States;

namespace Distiller.Tests.Dashboard;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class the_queue_has_its_console : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly InMemoryStorage _jobs = new();

    public void Dispose()
    {
        _jobs.Dispose();
        _home.Dispose();
    }

    [Test]
    public async Task for_who_is_logged_in_and_nobody_else()
    {
        await using var server = await StartAsync(RunningDashboard.Token);
        foreach (var path in new[] { "/hangfire", "/hangfire/jobs/succeeded", "/hangfire/stats", "/hangfire/nothing" })
        {
            using var person = await server.SendAsync("GET", path, ("Accept", "text/html"));
            person.StatusCode.ShouldBe(HttpStatusCode.Found);
            person.Headers.Location!.OriginalString.ShouldStartWith("/login");
            using var script = await server.SendAsync("GET", path);
            script.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            using var post = await server.SendAsync("POST", path);
            post.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var logged = await server.LogInAsync(RunningDashboard.Token);
        logged.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var page = await server.SendAsync("GET", "/hangfire/jobs/succeeded", ("Accept", "text/html"));
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).ShouldContain("Distiller jobs");
    }

    [Test]
    public async Task under_the_limits_of_every_page_and_with_a_link_from_the_jobs()
    {
        await using var server = await StartAsync();
        (await server.Browser.GetStringAsync("/jobs")).ShouldContain("href=\"/hangfire\"");

        using var page = await server.SendAsync("GET", "/hangfire");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        page.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        page.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        using var missing = await server.SendAsync("GET", "/hangfire/nothing");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var stranger = await server.SendAsync("GET", "/hangfire", ("Host", "evil.example"));
        stranger.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task that_changes_nothing_whatever_is_asked()
    {
        await using var server = await StartAsync();
        var job = new BackgroundJobClient(_jobs).Create(
            () => Console.WriteLine(),
            new ScheduledState(TimeSpan.FromDays(1)) { Reason = "the window is closed <script>" }
        );
        var page = await server.Browser.GetStringAsync($"/hangfire/jobs/details/{job}");
        page.ShouldContain("the window is closed &lt;script&gt;");
        page.ShouldNotContain("Requeue");
        page.ShouldNotContain("/actions/");

        // With the form's token that the console itself gives to its pages.
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"csrf-token\" content=\"([^\"]+)\"");
        var header = System.Text.RegularExpressions.Regex.Match(page, "name=\"csrf-header\" content=\"([^\"]+)\"");
        token.Success.ShouldBeTrue(page);
        foreach (var action in new[] { "requeue", "delete" })
        {
            using var asked = await server.SendAsync(
                "POST",
                $"/hangfire/jobs/actions/{action}/{job}",
                (header.Groups[1].Value, token.Groups[1].Value)
            );
            asked.IsSuccessStatusCode.ShouldBeFalse(action);
        }

        using var forged = await server.SendAsync("POST", $"/hangfire/jobs/actions/delete/{job}");
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _jobs.GetMonitoringApi().JobDetails(job).History[0].StateName.ShouldBe("Scheduled");
    }

    [Test]
    public async Task only_where_nights_are_carried_out()
    {
        await using var server = await RunningDashboard.StartAsync(_home);
        using var page = await server.SendAsync("GET", "/hangfire");
        page.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.Browser.GetStringAsync("/jobs")).ShouldNotContain("/hangfire");
    }

    private Task<RunningDashboard> StartAsync(string? token = null) =>
        RunningDashboard.StartAsync(_home, o => o with { Token = token }, jobs: _jobs);
}
