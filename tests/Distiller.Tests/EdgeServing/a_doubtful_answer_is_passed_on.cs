using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Distiller.Edge;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Distiller.EdgeServer.Escalation;
using Distiller.EdgeServer.OpenAi;

namespace Distiller.Tests.EdgeServing;

/// <summary>A second server over the same base, without the adapter, stands for the larger model.</summary>
internal sealed class a_doubtful_answer_is_passed_on
{
    private EdgeBench _bench;
    private EdgeHost _largerHost;
    private RunningEdge _larger;

    [OneTimeSetUp]
    public async Task Begin()
    {
        _bench = new EdgeBench();
        _largerHost = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = _bench.BasePath,
                Threads = 1,
                Engine = new EngineOptions { ContextTokens = 512 },
            }
        );
        _larger = await RunningEdge.StartAsync(_largerHost);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _larger.DisposeAsync();
        _largerHost.Dispose();
        _bench.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task what_is_likely_wrong_is_answered_by_the_larger_model(bool isStream)
    {
        await using var edge = await StartAsync(right: 0.1, seed: 1);
        using var answer = await AskAsync(edge, isStream);
        using var larger = await AskAsync(_larger, isStream);

        answer.Headers.GetValues(ChatEndpoint.ModelHeader).ShouldBe(["tiny"]);
        (await TextAsync(answer, isStream)).ShouldBe(await TextAsync(larger, isStream));
        var metrics = await edge.Http.GetStringAsync("/metrics");
        metrics.ShouldContain("became=\"escalated\"");
        metrics.ShouldContain("distiller_edge_escalated_tokens");
        Cost(metrics).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task what_is_likely_right_is_kept()
    {
        await using var edge = await StartAsync(right: 0.9, seed: 2);
        using var answer = await AskAsync(edge, isStream: false);

        var release = _bench.Store.Read().Adapters["nightly"].Current;
        answer.Headers.GetValues(ChatEndpoint.ModelHeader).ShouldBe([$"tiny:nightly@{release}"]);
        (await edge.Http.GetStringAsync("/metrics")).ShouldContain("became=\"kept\"");
    }

    [Test]
    public async Task where_the_larger_model_is_not_there_the_answer_is_given_all_the_same()
    {
        var told = new List<string>();
        await using var edge = await StartAsync(right: 0.1, seed: 3, address: "http://127.0.0.1:9/v1", tell: told.Add);
        using var answer = await AskAsync(edge, isStream: false);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues(ChatEndpoint.ModelHeader).Single().ShouldStartWith("tiny:nightly@");
        told.ShouldContain(t => t.Contains("did not answer"));
    }

    [Test]
    public async Task a_release_that_cannot_tell_passes_nothing_on()
    {
        _bench.Publish(seed: 4, change: d => d with { Routing = new RoutingVerdict("No classifier: a test.", null) });
        _bench.Pull();
        await using var edge = await RunningEdge.StartAsync(_bench.Open(), Options(null, null));
        using var answer = await AskAsync(edge, isStream: true);

        answer.Headers.GetValues(ChatEndpoint.ModelHeader).Single().ShouldStartWith("tiny:nightly@");
        (await edge.Http.GetStringAsync("/metrics")).ShouldNotContain("became=");
    }

    [TestCase("oak", "larger", "--escalate")]
    [TestCase("ftp://host/v1", "larger", "--escalate")]
    [TestCase("http://host/v1", "", "--escalate-model")]
    public void options_that_name_no_model_are_refused(string address, string model, string option) =>
        Should
            .Throw<BadInputException>(() =>
                EdgeWebServer.Build(
                    new EdgeServerOptions
                    {
                        Port = 0,
                        Escalation = new EscalationOptions { Address = address, Model = model },
                    },
                    _largerHost
                )
            )
            .Place.File.ShouldBe(option);

    [Test]
    public void entropy_and_margin_are_those_of_the_distribution()
    {
        var uniform = new ConfidenceMeter();
        uniform.Add(new float[8]);
        uniform.Read()!.Value.EntropyMean.ShouldBe(Math.Log(8), 1e-12);
        uniform.Read()!.Value.MarginMin.ShouldBe(0, 1e-12);

        var meter = new ConfidenceMeter();
        meter.Read().ShouldBeNull();
        float[] logits = [1, 3, -2, float.NegativeInfinity];
        double[] p = [.. logits.Select(l => Math.Exp(l - 3))];
        p = [.. p.Select(x => x / p.Sum())];
        meter.Add(logits);
        meter.Add([0, 100, 0, 0]);
        var entropy = -p.Where(x => x > 0).Sum(x => x * Math.Log(x));
        var read = meter.Read()!.Value;
        read.EntropyMax.ShouldBe(entropy, 1e-9);
        read.EntropyMean.ShouldBe(entropy / 2, 1e-9);
        read.MarginMin.ShouldBe(p[1] - p[0], 1e-9);
        read.MarginMean.ShouldBe((1 + p[1] - p[0]) / 2, 1e-9);
    }

    private async Task<RunningEdge> StartAsync(
        double right,
        int seed,
        string? address = null,
        Action<string>? tell = null
    )
    {
        _bench.Publish(seed, change: d => d with { Routing = Saying(right) });
        _bench.Pull();
        return await RunningEdge.StartAsync(_bench.Open(), Options(address, tell));
    }

    private EdgeServerOptions Options(string? address, Action<string>? tell) =>
        new()
        {
            Escalation = new EscalationOptions
            {
                Address = address ?? new Uri(_larger.Http.BaseAddress!, "v1").ToString(),
                Model = "tiny",
                UsdInput = 1,
                UsdOutput = 5,
            },
            Tell = tell ?? (_ => { }),
        };

    /// <summary>A router that says the same of every answer, and would keep what is likelier right than not.</summary>
    private static RoutingVerdict Saying(double right) =>
        new(
            "A classifier.",
            new AnswerRouter
            {
                Bias = Math.Log(right / (1 - right)),
                Features = [new RouterFeature("entropy mean", 0.5, 1, 0)],
                KnownCalls = [],
                Fit = new RouterFit(100, 50, 100, 10, 0.1, 0.25, new Interval(0.1, 0.2)),
                Reliability = [],
                Thresholds = [new RouterThreshold(0.05, 0.5, 0.5, 0.9)],
            }
        );

    private static Task<HttpResponseMessage> AskAsync(RunningEdge edge, bool isStream) =>
        edge.Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                messages = new[] { new { role = "user", content = "what is to be done?" } },
                max_tokens = 12,
                stream = isStream,
                stream_options = isStream ? new { include_usage = true } : null,
            }
        );

    private static async Task<string> TextAsync(HttpResponseMessage answer, bool isStream)
    {
        var body = await answer.Content.ReadAsStringAsync();
        var name = isStream ? "delta" : "message";
        var chunks = isStream
            ? body.Split("\n\n").Where(l => l.StartsWith("data: {", StringComparison.Ordinal)).Select(l => l[6..])
            : [body];
        return string.Concat(
            chunks
                .Select(c => JsonDocument.Parse(c).RootElement.GetProperty("choices"))
                .Where(c => c.GetArrayLength() > 0)
                .Select(c =>
                    c[0].GetProperty(name).TryGetProperty("content", out var content) ? content.GetString() : ""
                )
        );
    }

    private static double Cost(string metrics) =>
        double.Parse(
            metrics
                .Split('\n')
                .Single(l => l.StartsWith("distiller_edge_escalated_cost", StringComparison.Ordinal))
                .Split(' ')[1],
            System.Globalization.CultureInfo.InvariantCulture
        );
}
