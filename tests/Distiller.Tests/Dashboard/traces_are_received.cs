using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Dashboard;

internal sealed class traces_are_received
{
    private const string Export = """
        {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"t1","spanId":"s1","name":"chat m","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"10"}},{"key":"gen_ai.prompt.0.content","value":{"stringValue":"hi"}}]}]}]}]}
        """;

    private TemporaryFolder _home = null!;

    [SetUp]
    public void Begin() => _home = new TemporaryFolder();

    [TearDown]
    public void End() => _home.Dispose();

    [Test]
    public async Task what_is_confirmed_is_collected_by_the_next_night_and_leaves_the_inbox()
    {
        await using var server = await StartAsync(null, "north");

        var answer = await PostAsync(server, Export);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"partialSuccess":{}}""");
        Inbox("north").Files().Count.ShouldBe(1);
        using var workspace = Workspace.Open(_home["north"]);
        var report = new CollectStage(workspace, null).Run([], "north");
        (report.Stored, report.Episodes, report.Usage.Input).ShouldBe((1, 1, 10));
        workspace.Episodes.Read().Single().Turns.Single().Text.ShouldBe("hi");
        Inbox("north").Files().ShouldBeEmpty();
    }

    [Test]
    public async Task a_file_with_a_record_that_cannot_be_read_stays_for_the_retry()
    {
        await using var server = await StartAsync(null, "north");
        await PostAsync(server, Export.Replace("\"10\"", "\"ten\""));
        await PostAsync(server, Export);
        using var workspace = Workspace.Open(_home["north"]);
        var report = new CollectStage(workspace, null).Run([], "north");
        (report.Stored, report.Quarantined).ShouldBe((1, 1));
        var left = Inbox("north").Files().ShouldHaveSingleItem();
        File.WriteAllText(left, Export.Replace("\"t1\"", "\"t2\""));
        QuarantineRetry.Run(workspace, [left]).Episodes.ShouldBe(1);
    }

    [Test]
    public async Task it_is_behind_the_token()
    {
        await using var server = await StartAsync(RunningDashboard.Token, "north");
        (await PostAsync(server, Export)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Inbox("north").Files().ShouldBeEmpty();
        server.Browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            RunningDashboard.Token
        );
        (await PostAsync(server, Export)).StatusCode.ShouldBe(HttpStatusCode.OK);
        Inbox("north").Files().Count.ShouldBe(1);
    }

    [TestCase("application/x-protobuf", HttpStatusCode.BadRequest)]
    [TestCase("text/plain", HttpStatusCode.BadRequest)]
    [TestCase("application/x-www-form-urlencoded", HttpStatusCode.BadRequest)]
    public async Task without_a_token_only_json_needs_no_anti_forgery_token(string type, HttpStatusCode expected)
    {
        await using var server = await StartAsync(null, "north");
        (await PostAsync(server, Export, type)).StatusCode.ShouldBe(expected);
        Inbox("north").Files().ShouldBeEmpty();
    }

    [Test]
    public async Task a_page_of_another_site_cannot_send_any()
    {
        await using var server = await StartAsync(null, "north");
        server.Browser.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        (await PostAsync(server, Export)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        Inbox("north").Files().ShouldBeEmpty();
    }

    [Test]
    public async Task protobuf_is_refused_with_a_remedy()
    {
        await using var server = await StartAsync(RunningDashboard.Token, "north");
        server.Browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            RunningDashboard.Token
        );
        var answer = await PostAsync(server, "\n\u0003abc", "application/x-protobuf");
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json");
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("""{"resourceSpans":{}}""")]
    [TestCase("""{"resourceLogs":[]}""")]
    public async Task what_is_no_export_of_traces_is_refused(string body)
    {
        await using var server = await StartAsync(null, "north");
        (await PostAsync(server, body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        Inbox("north").Files().ShouldBeEmpty();
    }

    [Test]
    public async Task an_export_without_spans_is_confirmed_and_not_kept()
    {
        await using var server = await StartAsync(null, "north");
        (await PostAsync(server, """{"resourceSpans":[]}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        Inbox("north").Files().ShouldBeEmpty();
    }

    [Test]
    public async Task a_packed_body_is_unpacked_up_to_the_limit()
    {
        await using var server = await StartAsync(null, "north");
        (await PostAsync(server, Pack(Export))).StatusCode.ShouldBe(HttpStatusCode.OK);
        File.ReadAllText(Inbox("north").Files().Single()).ShouldBe(Export);

        var bomb = Pack($"{{\"resourceSpans\":[\"{new string('x', 17 << 20)}\"]}}");
        bomb.Length.ShouldBeLessThan(1 << 20);
        (await PostAsync(server, bomb)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(server, Encoding.UTF8.GetBytes(Export))).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest,
            "it says that it is packed"
        );
        Inbox("north").Files().Count.ShouldBe(1);
    }

    [Test]
    public async Task several_tenants_are_told_apart_by_the_header()
    {
        await using var server = await StartAsync(null, "north", "south");
        var answer = await PostAsync(server, Export);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("X-Distiller-Tenant");
        server.Browser.DefaultRequestHeaders.Add("X-Distiller-Tenant", "south");
        (await PostAsync(server, Export)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (Inbox("north").Files().Count, Inbox("south").Files().Count).ShouldBe((0, 1));
    }

    [Test]
    public async Task a_tenant_that_is_not_there_is_refused()
    {
        await using var server = await StartAsync(null, "north");
        server.Browser.DefaultRequestHeaders.Add("X-Distiller-Tenant", "../north");
        (await PostAsync(server, Export)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<RunningDashboard> StartAsync(string? token, params string[] tenants)
    {
        var server = await RunningDashboard.StartAsync(_home, o => o with { Token = token });
        await server.Store.Tenants.SetAsync([
            .. tenants.Select(t => new TenantStatus(t, t, "/r", "/b", "01:30", "UTC", "", null, false)),
        ]);
        return server;
    }

    private Inbox Inbox(string tenant) => new(_home[tenant], TimeProvider.System);

    private static Task<HttpResponseMessage> PostAsync(
        RunningDashboard server,
        string body,
        string type = "application/json"
    )
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return server.Browser.PostAsync("/v1/traces", content);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningDashboard server, byte[] packed)
    {
        var content = new ByteArrayContent(packed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return server.Browser.PostAsync("/v1/traces", content);
    }

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
