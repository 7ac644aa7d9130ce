using System.Net;
using Distiller.Dashboard.Access;

namespace Distiller.Tests.Dashboard.Access;

internal sealed class A_token_gives_access
{
    // Everything else asks for the token, pages that are added later included.
    private static readonly string[] Open = ["/login", "/login.css", "/healthz", "/readyz"];

    private TemporaryFolder _home = null!;

    [SetUp]
    public void Begin() => _home = new TemporaryFolder();

    [TearDown]
    public void End() => _home.Dispose();

    [Test]
    public async Task every_path_asks_for_it()
    {
        await using var server = await StartAsync();
        server.Mapped.Count.ShouldBeGreaterThan(6);
        foreach (var (method, path) in server.Mapped.Append(("GET", "/nothing/here")).Append(("PUT", "/page")))
        {
            var expected =
                Open.Contains(path) && method is not "POST" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;
            // The form of the log-in itself is open, and lacks its anti-forgery token here.
            expected = (method, path) == ("POST", "/login") ? HttpStatusCode.BadRequest : expected;
            using var answer = await server.SendAsync(method, path);
            answer.StatusCode.ShouldBe(expected, $"{method} {path}");
            using var page = await server.SendAsync(method, path, ("Accept", "text/html"));
            if (expected == HttpStatusCode.Unauthorized && method == "GET")
            {
                page.StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
                page.Headers.Location!.OriginalString.ShouldBe(LogInPage.PathFor(path));
            }
            else
            {
                page.StatusCode.ShouldBe(expected, $"{method} {path}");
            }
        }
    }

    [Test]
    public async Task a_person_logs_in_and_out_without_script()
    {
        await using var server = await StartAsync();
        var answer = await server.LogInAsync(RunningDashboard.Token, "?to=%2Fpage%3Fa%3D1");
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.OriginalString.ShouldBe("/page?a=1");
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("distiller-session="));
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        cookie.ShouldContain("path=/");
        cookie.ShouldNotContain("expires");
        cookie.ShouldNotContain("secure");

        (await server.Browser.GetStringAsync("/page?a=1")).ShouldBe("inside");
        (await server.Browser.GetAsync("/login")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await server.SendAsync("POST", "/logout")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await server.Browser.GetAsync("/page")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Forms.PostAsync(server, "/logout")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await server.Browser.GetAsync("/page")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task behind_a_proxy_with_https_the_cookie_is_bound_to_host_and_https()
    {
        await using var server = await StartAsync();
        server.Browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        server.Browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        var page = await server.Browser.GetAsync("/login");
        // A client's cookie jar keeps no Secure cookie for the plain way that ends at the proxy.
        server.Browser.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        var answer = await Forms.PostAsync(
            server,
            "/login",
            await page.Content.ReadAsStringAsync(),
            RunningDashboard.Token
        );
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.Contains("session"));
        cookie.ShouldStartWith("__Host-distiller-session=");
        cookie.ShouldContain("secure");
        cookie.ShouldContain("path=/");
        cookie.ShouldNotContain("domain");
        server.Log.Text.ShouldContain("203.0.113.7");
    }

    [Test]
    public async Task a_script_shows_it_as_bearer()
    {
        await using var server = await StartAsync();
        (await server.SendAsync("GET", "/page", Bearer(RunningDashboard.Token))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.SendAsync("POST", "/command", Bearer(RunningDashboard.Token))).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );
        using var wrong = await server.SendAsync("GET", "/page", Bearer(RunningDashboard.WrongToken));
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        wrong.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (
            await server.SendAsync("GET", "/page", ("Authorization", "Basic " + RunningDashboard.Token))
        ).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task who_commands_is_told_apart_by_address()
    {
        await using var server = await StartAsync();
        await server.LogInAsync(RunningDashboard.Token);
        (await server.Browser.GetStringAsync("/who")).ShouldBe("somebody at 127.0.0.1");
        using var answer = await server.SendAsync("GET", "/who", Bearer(RunningDashboard.Token));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("a script at 127.0.0.1");
    }

    [Test]
    public async Task guessing_is_slowed_down_and_told_nothing()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var wrong = await server.LogInAsync(i % 2 == 0 ? "" : RunningDashboard.WrongToken);
            wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await wrong.Content.ReadAsStringAsync()).ShouldContain("That did not work.");
        }

        // Even the right one is not looked at now, by form or by header.
        var limited = await server.LogInAsync(RunningDashboard.Token);
        limited.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        limited.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(12));
        using var script = await server.SendAsync("GET", "/page", Bearer(RunningDashboard.Token));
        script.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        script.Headers.RetryAfter.ShouldNotBeNull();

        server.Clock.Move(TimeSpan.FromSeconds(13));
        (await server.LogInAsync(RunningDashboard.Token)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Test]
    public void many_guessers_together_are_slowed_down_and_those_who_were_inside_are_not()
    {
        var clock = new MovedClock();
        var limit = new LogInLimit(clock);
        limit.Try(IPAddress.Parse("192.0.2.1"), () => true).IsRight.ShouldBeTrue();
        for (var i = 0; i < 100; i++)
        {
            limit.Try(IPAddress.Parse($"198.51.100.{i}"), () => false).RetryAfter.ShouldBeNull();
        }

        limit.Try(IPAddress.Parse("203.0.113.9"), () => true).RetryAfter.ShouldNotBeNull();
        limit.Try(IPAddress.Parse("192.0.2.1"), () => true).IsRight.ShouldBeTrue();
        clock.Move(TimeSpan.FromSeconds(1));
        limit.Try(IPAddress.Parse("203.0.113.9"), () => true).IsRight.ShouldBeTrue();
    }

    [Test]
    public void one_customer_of_ipv6_is_one_visitor()
    {
        var limit = new LogInLimit(new MovedClock());
        for (var i = 0; i < 5; i++)
        {
            limit.Try(IPAddress.Parse($"2001:db8::{i}"), () => false).RetryAfter.ShouldBeNull();
        }

        limit.Try(IPAddress.Parse("2001:db8::99"), () => true).RetryAfter.ShouldNotBeNull();
        limit.Try(IPAddress.Parse("2001:db8:0:1::1"), () => true).IsRight.ShouldBeTrue();
    }

    [Test]
    public async Task a_session_ends_when_it_is_idle_and_goes_on_while_it_is_used()
    {
        await using var server = await StartAsync();
        await server.LogInAsync(RunningDashboard.Token);
        for (var i = 0; i < 5; i++)
        {
            server.Clock.Move(TimeSpan.FromHours(8));
            (await server.Browser.GetAsync("/page")).StatusCode.ShouldBe(HttpStatusCode.OK, $"after {8 * (i + 1)} h");
        }

        server.Clock.Move(TimeSpan.FromHours(13));
        (await server.Browser.GetAsync("/page")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task a_session_ends_after_a_week_however_busy()
    {
        await using var server = await StartAsync();
        await server.LogInAsync(RunningDashboard.Token);
        var hours = 0;
        while ((await server.Browser.GetAsync("/page")).StatusCode == HttpStatusCode.OK && hours < 400)
        {
            server.Clock.Move(TimeSpan.FromHours(8));
            hours += 8;
        }

        hours.ShouldBe(176);
    }

    [Test]
    public async Task a_session_survives_a_restart_and_ends_with_its_token()
    {
        string cookie;
        await using (var first = await StartAsync())
        {
            var answer = await first.LogInAsync(RunningDashboard.Token);
            cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.Contains("session")).Split(';')[0];
        }

        await using (var again = await StartAsync())
        {
            (await again.SendAsync("GET", "/page", ("Cookie", cookie))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await using var other = await StartAsync(RunningDashboard.WrongToken);
        (await other.SendAsync("GET", "/page", ("Cookie", cookie))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var forged = cookie[..^8] + "AAAAAAAA";
        (await other.SendAsync("GET", "/page", ("Cookie", forged))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task keys_are_the_servers_own()
    {
        Directory.CreateDirectory(_home[".serve/keys"]);
        File.SetUnixFileMode(_home[".serve/keys"], (UnixFileMode)0b111_111_111);
        await using var server = await StartAsync();
        await server.LogInAsync(RunningDashboard.Token);
        Directory.GetFiles(_home[".serve/keys"]).ShouldNotBeEmpty();
        File.GetUnixFileMode(_home[".serve/keys"]).ShouldBe((UnixFileMode)0b111_000_000);
    }

    [TestCase("/runs/7?a=b", "/runs/7?a=b")]
    [TestCase("//evil.example", "/")]
    [TestCase("/\\evil.example", "/")]
    [TestCase("https://evil.example", "/")]
    [TestCase("javascript:alert(1)", "/")]
    [TestCase("/a\r\nSet-Cookie: b", "/")]
    [TestCase("/login", "/")]
    [TestCase("", "/")]
    [TestCase(null, "/")]
    public void a_log_in_leads_only_into_this_server(string? asked, string led) => LogInPage.Local(asked).ShouldBe(led);

    [Test]
    public async Task a_token_is_never_in_a_log_or_a_page()
    {
        await using var server = await StartAsync();
        var wrong = await server.LogInAsync(RunningDashboard.WrongToken);
        (await wrong.Content.ReadAsStringAsync()).ShouldNotContain(RunningDashboard.WrongToken);
        await server.LogInAsync(RunningDashboard.Token);
        await server.SendAsync("GET", "/page", Bearer(RunningDashboard.WrongToken));
        await server.SendAsync("GET", "/page", Bearer(RunningDashboard.Token));
        await server.SendAsync("GET", "/throws", Bearer(RunningDashboard.Token));
        await server.SendAsync("GET", "/metrics", Bearer(RunningDashboard.Token));
        server.Log.Lines.Count.ShouldBeGreaterThan(10);
        server.Log.Text.ShouldContain("A wrong token from 127.0.0.1 was refused");
        server.Log.Text.ShouldContain("A log-in from 127.0.0.1 failed");
        server.Log.Text.ShouldNotContain(RunningDashboard.Token);
        server.Log.Text.ShouldNotContain(RunningDashboard.WrongToken);
    }

    private static (string Name, string Value) Bearer(string token) => ("Authorization", "Bearer " + token);

    private Task<RunningDashboard> StartAsync(string token = RunningDashboard.Token) =>
        RunningDashboard.StartAsync(_home, o => o with { Token = token }, Forms.Map);
}
