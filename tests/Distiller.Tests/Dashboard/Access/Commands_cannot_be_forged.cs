using System.Net;
using Distiller.Dashboard.Access;

namespace Distiller.Tests.Dashboard.Access;

internal sealed class Commands_cannot_be_forged
{
    private TemporaryFolder _home = null!;

    [SetUp]
    public void Begin() => _home = new TemporaryFolder();

    [TearDown]
    public void End() => _home.Dispose();

    [TestCase(null)]
    [TestCase(RunningDashboard.Token)]
    public async Task every_command_needs_its_anti_forgery_token(string? token)
    {
        await using var server = await StartAsync(token);
        if (token is not null)
        {
            await server.LogInAsync(token);
        }

        var commands = server.Mapped.Where(m => StrangerGuard.IsCommand(m.Method)).ToList();
        commands.Count.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var (method, path) in commands)
        {
            (await server.SendAsync(method, path)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{method} {path}");
        }
    }

    [TestCase(null)]
    [TestCase(RunningDashboard.Token)]
    public async Task a_form_of_this_server_is_obeyed(string? token)
    {
        await using var server = await StartAsync(token);
        if (token is not null)
        {
            await server.LogInAsync(token);
        }

        (await (await Forms.PostAsync(server, "/command")).Content.ReadAsStringAsync()).ShouldBe("done");
        (await (await Forms.PostAsync(server, "/bound")).Content.ReadAsStringAsync()).ShouldBe("bird");
    }

    [Test]
    public async Task the_form_of_another_visitor_is_refused()
    {
        await using var server = await StartAsync(null);
        using var other = server.NewBrowser();
        var form = await other.GetStringAsync("/form");
        await server.Browser.GetStringAsync("/form");
        (await Forms.PostAsync(server, "/command", form, null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [TestCase("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [TestCase("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [TestCase("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [TestCase("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "null", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "http://127.0.0.1:PORT", HttpStatusCode.OK)]
    public async Task another_site_is_refused_whatever_it_sends(string header, string value, HttpStatusCode expected)
    {
        await using var server = await StartAsync(null);
        var form = await server.Browser.GetStringAsync("/form");
        server.Browser.DefaultRequestHeaders.TryAddWithoutValidation(
            header,
            value.Replace("PORT", $"{server.Address.Port}")
        );
        (await Forms.PostAsync(server, "/command", form, null)).StatusCode.ShouldBe(expected);
    }

    [Test]
    public async Task a_script_needs_none_since_no_page_can_send_its_header()
    {
        await using var server = await StartAsync(RunningDashboard.Token);
        server.Browser.DefaultRequestHeaders.Add("Authorization", "Bearer " + RunningDashboard.Token);
        var answer = await server.Browser.PostAsync(
            "/bound",
            new FormUrlEncodedContent([new KeyValuePair<string, string>("word", "bird")])
        );
        (await answer.Content.ReadAsStringAsync()).ShouldBe("bird");
    }

    [Test]
    public async Task without_a_token_a_bearer_header_exempts_nobody()
    {
        await using var server = await StartAsync(null);
        (await server.SendAsync("POST", "/command", ("Authorization", "Bearer x"))).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    [Test]
    public async Task a_body_beyond_all_measure_is_refused()
    {
        await using var server = await StartAsync(null);
        using var content = new StringContent("word=" + new string('x', 2 << 20));
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        var answer = await server.Browser.PostAsync("/command", content);
        ((int)answer.StatusCode).ShouldBeOneOf(400, 413);
    }

    private Task<RunningDashboard> StartAsync(string? token) =>
        RunningDashboard.StartAsync(_home, o => o with { Token = token }, Forms.Map);
}
