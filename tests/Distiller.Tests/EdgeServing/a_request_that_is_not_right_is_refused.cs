using System.Net;
using System.Text;
using System.Text.Json;
using Distiller.EdgeServer;

namespace Distiller.Tests.EdgeServing;

internal sealed class a_request_that_is_not_right_is_refused
{
    private const string Secret = "0123456789abcdef0123456789abcdef-x";

    private static readonly (string Body, string Reason)[] Bodies =
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("nonsense", "not JSON"),
        ("[]", "object"),
        ("null", "object"),
        ("{}", "messages"),
        ("""{"messages":[]}""", "messages"),
        ("""{"messages":"x"}""", "list"),
        ("""{"messages":[7]}""", "object"),
        ("""{"messages":[{"content":"x"}]}""", "role"),
        ("""{"messages":[{"role":"king","content":"x"}]}""", "king"),
        ("""{"messages":[{"role":"user"}]}""", "content"),
        ("""{"messages":[{"role":"user","content":7}]}""", "list"),
        ("""{"messages":[{"role":"user","content":"\ud800"}]}""", "surrogate"),
        (
            """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}""",
            "text only"
        ),
        ("""{"messages":[{"role":"tool","content":"x"}]}""", "tool_call_id"),
        ("""{"messages":[{"role":"user","content":"x"}],"temperature":9}""", "temperature"),
        ("""{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens"),
        ("""{"messages":[{"role":"user","content":"x"}],"n":3}""", "'n'"),
        ("""{"messages":[{"role":"user","content":"x"}],"stream":"yes"}""", "true or false"),
        ("""{"messages":[{"role":"user","content":"x"}],"model":7}""", "text"),
        ("""{"messages":[{"role":"user","content":"x"}],"model":"oak"}""", "oak"),
        ("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"magic"}]}""", "function"),
        (
            """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a b"}}]}""",
            "name"
        ),
        ("""{"messages":[{"role":"user","content":"x"}],"tool_choice":"required"}""", "no tool"),
        (
            """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"b"}}}""",
            "'b'"
        ),
        ("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "json_schema"),
        (
            """{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"$ref":"#"}}}}""",
            "ever ends"
        ),
        (
            """{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"pattern":"x"}}}}""",
            "pattern"
        ),
    ];

    private EdgeBench _bench;
    private RunningEdge _edge;

    [OneTimeSetUp]
    public async Task Begin()
    {
        _bench = new EdgeBench();
        _edge = await RunningEdge.StartAsync(_bench.Open());
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _edge.DisposeAsync();
        _bench.Dispose();
    }

    [Test]
    public async Task with_the_reason_and_the_server_goes_on()
    {
        foreach (var (body, reason) in Bodies)
        {
            var streamed = body.StartsWith("{\"m", StringComparison.Ordinal) ? "{\"stream\":true," + body[1..] : body;
            foreach (var text in body.Contains("\"stream\"") ? (string[])[body] : [body, streamed])
            {
                using var answer = await PostAsync(text);
                var said = await answer.Content.ReadAsStringAsync();
                ((int)answer.StatusCode).ShouldBeInRange(400, 404, text);
                JsonDocument
                    .Parse(said)
                    .RootElement.GetProperty("error")
                    .GetProperty("message")
                    .GetString()
                    .ShouldNotBeNullOrEmpty();
            }

            using var whole = await PostAsync(body);
            (await whole.Content.ReadAsStringAsync()).ShouldContain(reason, Case.Sensitive, body);
        }

        using var good = await PostAsync("""{"messages":[{"role":"user","content":"x"}],"max_tokens":3}""");
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task noise_in_place_of_a_body_never_ends_the_server()
    {
        var whole = Encoding.UTF8.GetBytes(Bodies[^1].Body);
        var random = new Random(5);
        for (var i = 0; i < 100; i++)
        {
            var body = (byte[])whole.Clone();
            for (var k = 0; k < 3; k++)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            using var content = new ByteArrayContent(body);
            using var answer = await _edge.Http.PostAsync("/v1/chat/completions", content);
            ((int)answer.StatusCode).ShouldBeLessThan(500);
        }
    }

    /// <summary>What is no JSON is 400, whatever it is; what still is one is answered or refused, and nothing is our fault.</summary>
    [Test]
    public async Task ten_thousand_malformed_requests_have_the_right_status()
    {
        const int requests = 10_000;
        var seeds = Bodies.Select(b => Encoding.UTF8.GetBytes(b.Body)).ToArray();
        var broken = 0;
        await Parallel.ForAsync(
            0,
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, cancellation) =>
            {
                var body = Mutated(seeds[i % seeds.Length], new Random(i));
                var path = (i % 5) switch
                {
                    0 => "/v1/outcomes",
                    1 => "/v1/embeddings",
                    _ => "/v1/chat/completions",
                };
                using var content = new ByteArrayContent(body);
                using var answer = await _edge.Http.PostAsync(path, content, cancellation);
                var status = (int)answer.StatusCode;
                if (!IsJson(body))
                {
                    Interlocked.Increment(ref broken);
                    status.ShouldBe(400, Encoding.UTF8.GetString(body));
                }
                else
                {
                    status.ShouldBeOneOf([200, 400, 404, 429], Encoding.UTF8.GetString(body));
                }
            }
        );

        broken.ShouldBeInRange(requests / 4, requests - 1);
        using var good = await PostAsync("""{"messages":[{"role":"user","content":"x"}],"max_tokens":3}""");
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task what_is_no_http_is_refused_and_the_server_goes_on()
    {
        string[] heads =
        [
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
            "POST /v1/chat/completions HTTP/9.9\r\nHost: localhost\r\n\r\n",
            "BREW /v1/models\r\n\r\n",
            "GET /v1/models HTTP/1.1\r\n\r\n",
            $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            $"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('a', 40_000)}\r\n\r\n",
            "\0\u0001\u0002\r\n\r\n",
        ];
        foreach (var head in heads)
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(_edge.Http.BaseAddress!.Host, _edge.Http.BaseAddress.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var line = await reader.ReadLineAsync();
            line.ShouldNotBeNull(head[..Math.Min(head.Length, 80)]);
            int.Parse(line.Split(' ')[1]).ShouldBeInRange(400, 505, head[..Math.Min(head.Length, 80)]);
        }

        (await _edge.Http.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task a_client_that_stops_reading_keeps_nobody_waiting()
    {
        using var client = new System.Net.Sockets.TcpClient { ReceiveBufferSize = 1024 };
        await client.ConnectAsync(_edge.Http.BaseAddress!.Host, _edge.Http.BaseAddress.Port);
        const string body =
            """{"stream":true,"max_tokens":400,"temperature":1,"seed":1,"messages":[{"role":"user","content":"tell me all"}]}""";
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n\r\n{body}"
                )
            );

        using var good = await PostAsync("""{"messages":[{"role":"user","content":"x"}],"max_tokens":3}""");
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task a_body_that_is_nested_too_deep_is_refused()
    {
        using var answer = await PostAsync(new string('[', 100_000));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var schema = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 50)) + "{}" + new string('}', 50);
        using var deep = await PostAsync(
            """{"messages":[{"role":"user","content":"x"}],"max_tokens":3,"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":"""
                + schema
                + "}}}"
        );
        ((int)deep.StatusCode).ShouldBeOneOf(200, 400);
    }

    [Test]
    public async Task a_call_of_a_tool_that_nobody_described_is_read_as_what_was_said()
    {
        using var answer = await PostAsync(
            """{"max_tokens":3,"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"nowhere","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"2","content":"no such tool"}]}"""
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task a_prompt_of_ten_megabytes_is_refused_at_once()
    {
        var since = TimeProvider.System.GetTimestamp();
        using var answer = await PostAsync(
            JsonSerializer.Serialize(
                new { messages = new[] { new { role = "user", content = new string('a', 10 << 20) } } }
            )
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("context_length_exceeded");
        TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task a_body_that_is_too_large_is_not_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new StringContent(new string('a', 20 << 20));
        request.Headers.ExpectContinue = true;
        using var answer = await _edge.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task another_address_or_method_is_told_as_json()
    {
        using var nowhere = await _edge.Http.GetAsync("/v1/oak");
        nowhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonDocument
            .Parse(await nowhere.Content.ReadAsStringAsync())
            .RootElement.TryGetProperty("error", out _)
            .ShouldBeTrue();
    }

    [Test]
    public async Task a_strangers_page_is_not_answered()
    {
        using var named = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        named.Headers.Host = "evil.example";
        (await _edge.Http.SendAsync(named)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var crossed = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        crossed.Headers.Add("Origin", "https://evil.example");
        (await _edge.Http.SendAsync(crossed)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Test]
    public void without_a_token_it_listens_to_this_machine_only() =>
        Should
            .Throw<BadInputException>(() =>
                EdgeWebServer.Build(new EdgeServerOptions { Address = "0.0.0.0" }, _edge.Host)
            )
            .Reason.ShouldContain("token");

    [Test]
    public async Task with_a_token_whoever_shows_it_is_answered()
    {
        using var bench = new EdgeBench();
        await using var edge = await RunningEdge.StartAsync(
            bench.Open(),
            new EdgeServerOptions { Token = new AccessToken(Secret, "a test") }
        );

        (await edge.Http.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await edge.Http.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await edge.Client(Secret).GetOpenAIModelClient().GetModelsAsync()).Value.Count.ShouldBe(1);
    }

    [Test]
    public void two_servers_do_not_share_a_home() =>
        Should.Throw<BadInputException>(() => _bench.Open()).Reason.ShouldContain("Another server");

    private static byte[] Mutated(byte[] seed, Random random)
    {
        var body = new List<byte>(seed);
        for (var k = random.Next(1, 4); k > 0 && body.Count > 1; k--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(4))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveRange(at, Math.Min(body.Count - at, random.Next(1, 20)));
                    break;
                case 2:
                    body.InsertRange(at, body.GetRange(at, Math.Min(body.Count - at, random.Next(1, 20))));
                    break;
                default:
                    body[at] = "{}[]\",:0"u8[random.Next(8)];
                    break;
            }
        }

        return [.. body];
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private Task<HttpResponseMessage> PostAsync(string body) =>
        _edge.Http.PostAsync("/v1/chat/completions", new StringContent(body, Encoding.UTF8, "application/json"));
}
