using System.Net;
using Distiller.Dashboard.Access;

namespace Distiller.Tests.Dashboard.Access;

internal sealed class Every_answer_tells_the_browser_its_limits
{
    [TestCase(null)]
    [TestCase(RunningDashboard.Token)]
    public async Task whatever_its_status(string? token)
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(home, o => o with { Token = token }, Forms.Map);
        var seen = new HashSet<HttpStatusCode>();
        (string, string)[] extra =
        [
            ("GET", "/nothing"),
            ("PUT", "/page"),
            ("GET", "/throws"),
            ("GET", "/login?to=%2F"),
        ];
        foreach (var (method, path) in server.Mapped.Concat(extra))
        {
            foreach (var host in (string[])["localhost", "evil.example"])
            {
                foreach (var bearer in (string?[])[null, RunningDashboard.Token, RunningDashboard.WrongToken])
                {
                    using var answer = bearer is null
                        ? await server.SendAsync(method, path, ("Host", host), ("Accept", "text/html"))
                        : await server.SendAsync(method, path, ("Host", host), ("Authorization", "Bearer " + bearer));
                    seen.Add(answer.StatusCode);
                    Check(answer, $"{method} {path} {answer.StatusCode}");
                }
            }
        }

        HttpStatusCode[] expected = token is null
            ?
            [
                HttpStatusCode.OK,
                HttpStatusCode.BadRequest,
                HttpStatusCode.Forbidden,
                HttpStatusCode.InternalServerError,
            ]
            : [HttpStatusCode.OK, HttpStatusCode.Redirect, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests];
        foreach (var status in expected)
        {
            seen.ShouldContain(status);
        }
    }

    [Test]
    public async Task a_fault_tells_nothing_of_the_inside()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(home, map: Forms.Map);
        using var answer = await server.SendAsync("GET", "/throws");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldNotContain("script");
        text.ShouldNotContain("InvalidOperation");
        server.Log.Text.ShouldContain("InvalidOperationException");
    }

    private static void Check(HttpResponseMessage answer, string what)
    {
        var headers = answer.Headers;
        headers.GetValues("Content-Security-Policy").Single().ShouldBe(SecurityHeaders.ContentPolicy, what);
        headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff", what);
        headers.GetValues("X-Frame-Options").Single().ShouldBe("DENY", what);
        headers.GetValues("Referrer-Policy").Single().ShouldBe("same-origin", what);
        headers.GetValues("Permissions-Policy").Single().ShouldContain("camera=()");
        headers.GetValues("Cross-Origin-Opener-Policy").Single().ShouldBe("same-origin", what);
        headers.GetValues("Cross-Origin-Resource-Policy").Single().ShouldBe("same-origin", what);
        headers.CacheControl.ShouldNotBeNull(what);
        headers.Contains("Server").ShouldBeFalse(what);
        SecurityHeaders.ContentPolicy.ShouldNotContain("unsafe");
    }
}
