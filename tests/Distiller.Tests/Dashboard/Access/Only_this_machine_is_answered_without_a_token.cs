using System.Net;
using Distiller.Dashboard;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard.Access;

internal sealed class Only_this_machine_is_answered_without_a_token
{
    private TemporaryFolder _home = null!;

    [SetUp]
    public void Begin() => _home = new TemporaryFolder();

    [TearDown]
    public void End() => _home.Dispose();

    [TestCase("0.0.0.0")]
    [TestCase("::")]
    [TestCase("192.168.1.7")]
    [TestCase("10.0.0.1")]
    public void another_address_is_refused_and_told_how_to_make_a_token(string address)
    {
        var error = Should.Throw<BadInputException>(() => Build(address, null));
        error.Place.File.ShouldBe("--address");
        error.Remedy.ShouldContain("openssl rand -hex 32");
        error.Remedy.ShouldContain("--token-file");
        Should.NotThrow(() => Build(address, RunningDashboard.Token));
    }

    [TestCase("127.0.0.1")]
    [TestCase("localhost")]
    [TestCase("::1")]
    [TestCase("[::1]")]
    [TestCase("127.8.8.8")]
    public void loopback_needs_none(string address) => Should.NotThrow(() => Build(address, null));

    [TestCase("example.com")]
    [TestCase("")]
    public void what_is_no_address_is_refused(string address) =>
        Should
            .Throw<BadInputException>(() => Build(address, RunningDashboard.Token))
            .Place.File.ShouldBe("DashboardOptions.Address");

    [TestCase("short")]
    [TestCase("0123456789abcdef0123456789abcde")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("0123456789abcdef 0123456789abcdef")]
    [TestCase("")]
    public void a_token_that_is_easy_to_guess_is_refused_even_on_loopback(string token) =>
        Should.Throw<BadInputException>(() => Build("127.0.0.1", token)).Remedy.ShouldContain("openssl rand -hex 32");

    [Test]
    public void a_token_comes_from_its_file_or_else_from_the_environment()
    {
        SecretFile.Write(_home["token"], RunningDashboard.Token + "\n");
        AccessToken.Read(_home["token"], "ignored").ShouldBe(RunningDashboard.Token);
        AccessToken.Read(null, RunningDashboard.Token).ShouldBe(RunningDashboard.Token);
        AccessToken.Read(null, null).ShouldBeNull();
        AccessToken.Read(null, "").ShouldBeNull();
        Should.Throw<BadInputException>(() => AccessToken.Read(_home["none"], null)).Place.File.ShouldBe(_home["none"]);
        var error = Should.Throw<BadInputException>(() => AccessToken.Read(null, "secret-but-short"));
        error.Place.File.ShouldBe("$DISTILLER_TOKEN");
        error.Message.ShouldNotContain("secret-but-short");
    }

    [TestCase(UnixFileMode.GroupRead)]
    [TestCase(UnixFileMode.GroupWrite)]
    [TestCase(UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.OtherWrite)]
    [Platform(Exclude = "Win")]
    public void a_token_file_that_others_can_read_or_change_is_refused(UnixFileMode others)
    {
        SecretFile.Write(_home["token"], RunningDashboard.Token);
        File.SetUnixFileMode(_home["token"], UnixFileMode.UserRead | others);

        var error = Should.Throw<BadInputException>(() => AccessToken.Read(_home["token"], null));

        error.Place.File.ShouldBe(_home["token"]);
        error.Reason.ShouldContain("Others on this machine");
        error.Remedy.ShouldContain($"chmod 600 {_home["token"]}");
        error.Message.ShouldNotContain(RunningDashboard.Token);
        File.SetUnixFileMode(_home["token"], UnixFileMode.UserRead);
        AccessToken.Read(_home["token"], null).ShouldBe(RunningDashboard.Token);
    }

    [Test]
    [Platform(Exclude = "Win")]
    public void the_server_ends_with_what_to_do_about_a_token_file_that_others_can_read()
    {
        SecretFile.Write(_home["token"], RunningDashboard.Token);
        File.SetUnixFileMode(_home["token"], UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        var server = DistillerProcess.Run("serve", "--home", _home.Path, "--port", "0", "--token-file", _home["token"]);

        server.ExitCode.ShouldBe(3, server.ToString());
        server.Error.ShouldContain("chmod 600");
    }

    [Test]
    public void options_do_not_print_their_token() =>
        new DashboardOptions { Home = "/h", Token = RunningDashboard.Token }
            .ToString()
            .ShouldNotContain(RunningDashboard.Token);

    [Test]
    public async Task a_name_that_a_stranger_made_lead_here_is_refused()
    {
        await using var server = await RunningDashboard.StartAsync(_home);
        foreach (
            var host in (string[])["localhost", "127.0.0.1", "[::1]", "LOCALHOST", $"localhost:{server.Address.Port}"]
        )
        {
            (await server.SendAsync("GET", "/healthz", ("Host", host))).StatusCode.ShouldBe(HttpStatusCode.OK, host);
        }

        foreach (var host in (string[])["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1"])
        {
            foreach (var (method, path) in server.Mapped)
            {
                using var answer = await server.SendAsync(method, path, ("Host", host));
                answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path} as {host}");
            }
        }
    }

    [TestCase("X-Forwarded-For")]
    [TestCase("Forwarded")]
    [TestCase("Via")]
    public async Task nobody_behind_a_proxy_is_answered(string header)
    {
        await using var server = await RunningDashboard.StartAsync(_home);
        (await server.SendAsync("GET", "/metrics", (header, "for=1.2.3.4"))).StatusCode.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await server.SendAsync("GET", "/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private void Build(string address, string? token)
    {
        using var database = RunDatabase.Sqlite(_home["db"]);
        var store = new RunStore(database, TimeProvider.System);
        var options = new DashboardOptions
        {
            Home = _home.Path,
            Port = 0,
            Address = address,
            Token = token,
        };
        var app = DashboardServer.Build(
            options,
            store,
            new RunCommands(store, TimeProvider.System),
            TimeProvider.System
        );
        ((IDisposable)app).Dispose();
    }
}
