using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Distiller.Dashboard.Telemetry;
using Distiller.Jobs.Scheduling.Store;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Distiller.Tests.Dashboard.Telemetry;

internal sealed class Metrics_are_told_in_prometheus_text
{
    /// <summary>OpenTelemetry's limit of series of one metric; further ones are counted together.</summary>
    private const int SeriesMax = 2_000;

    private const string Odd = "beta \"b\\\n";

    [Test]
    public async Task they_say_what_the_store_holds()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(home);
        await Nights.FillAsync(server.Store, server.Clock);
        server.Health.Degraded("webhook", "away");
        var metrics = await ReadAsync(server);

        metrics.Value("distiller_runs_ended_total", ("tenant", "acme"), ("state", "finished")).ShouldBe(2);
        metrics.Value("distiller_runs_ended_total", ("tenant", "acme"), ("state", "failed")).ShouldBe(1);
        metrics.Value("distiller_runs_ended_total", ("tenant", Odd), ("state", "finished")).ShouldBe(1);
        metrics.Value("distiller_runs_active", ("tenant", "acme"), ("state", "waiting")).ShouldBe(1);
        metrics.Value("distiller_runs_active", ("tenant", "acme"), ("state", "running")).ShouldBe(0);
        metrics.Value("distiller_train_tokens_total", ("tenant", "acme")).ShouldBe(100_000);
        metrics.Value("distiller_episodes_quarantined_total", ("tenant", "acme")).ShouldBe(14);
        metrics.Value("distiller_episodes", ("tenant", "acme")).ShouldBe(1200);
        metrics.Value("distiller_patterns", ("tenant", "acme")).ShouldBe(31);
        metrics.Value("distiller_gate_open", ("tenant", "acme")).ShouldBe(0);
        metrics.Value("distiller_gate_open", ("tenant", Odd)).ShouldBe(1);
        metrics.Value("distiller_tokens_per_solved_task", ("tenant", "acme"), ("when", "before")).ShouldBe(2100.5);
        metrics.Value("distiller_tokens_per_solved_task", ("tenant", "acme"), ("when", "after")).ShouldBe(320.25);
        metrics.Value("distiller_cost_per_solved_task", ("tenant", "acme"), ("when", "after")).ShouldBe(0.03);
        metrics
            .Value("distiller_last_success_timestamp_seconds", ("tenant", "acme"))
            .ShouldBe(new DateTimeOffset(2026, 3, 1, 3, 20, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        metrics
            .Value("distiller_next_due_timestamp_seconds", ("tenant", "acme"))
            .ShouldBe(new DateTimeOffset(2026, 3, 2, 23, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        metrics.Value("distiller_node_up", ("node", "n1")).ShouldBe(0, "the clock went on by 17 minutes");
        metrics.Value("distiller_node_up", ("node", "n2"), ("roles", "cpu")).ShouldBe(0);
        metrics.Value("distiller_store_up").ShouldBe(1);
        metrics.Value("distiller_schedule_held", ("tenant", "acme")).ShouldBe(0);
        metrics.Value("distiller_degraded", ("part", "webhook"), ("blocks", "false")).ShouldBe(1);
        metrics.Value("distiller_run_duration_seconds_sum", ("tenant", "acme"), ("state", "finished")).ShouldBe(2400);
        metrics.Value("distiller_stage_duration_seconds_sum", ("stage", "distill")).ShouldBe(960);
        metrics.Value("distiller_stage_duration_seconds_bucket", ("stage", "distill"), ("le", "900")).ShouldBe(0);
        metrics.Value("distiller_stage_duration_seconds_bucket", ("stage", "distill"), ("le", "1800")).ShouldBe(1);
        metrics.Types["distiller_stage_duration_seconds"].ShouldBe("histogram");
        metrics.Types["distiller_runs_ended_total"].ShouldBe("counter");
        metrics.Types["distiller_runs_active"].ShouldBe("gauge");
        metrics.Types.Keys.ShouldBe(metrics.Helps.Keys, ignoreOrder: true);

        // The scrape before is a request too.
        Thread.Sleep(50);
        var again = await ReadAsync(server);
        again.Value("http_server_request_duration_seconds_count", ("http_route", "/metrics")).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task they_are_the_same_after_a_restart()
    {
        using var home = new TemporaryFolder();
        var clock = new MovedClock();
        List<string> first;
        await using (var server = await RunningDashboard.StartAsync(home, clock: clock))
        {
            await Nights.FillAsync(server.Store, clock);
            first = Told(await ReadAsync(server));
        }

        await using var again = await RunningDashboard.StartAsync(home, clock: clock);
        Told(await ReadAsync(again)).ShouldBe(first);
        first.ShouldContain(s => s.StartsWith("distiller_stage_duration_seconds_count"));

        static List<string> Told(PrometheusDocument metrics) =>
            [.. metrics.Samples.Where(s => s.Name.StartsWith("distiller_")).Select(s => $"{s.Key} {s.Value}")];
    }

    [Test]
    public async Task a_failed_night_that_is_tried_again_stays_counted()
    {
        using var home = new TemporaryFolder();
        var clock = new MovedClock();
        using var database = RunDatabase.Sqlite(home["db"]);
        var store = new RunStore(database, clock);
        await store.PrepareAsync();
        await store.AddAsync(Nights.Over("acme", clock.GetUtcNow(), RunState.Failed));
        (await FailedAsync()).ShouldBe(1);
        await store.ChangeAsync("acme-20260302", r => r with { State = RunState.Running, Attempt = 2 });
        (await FailedAsync()).ShouldBe(1);
        await store.ChangeAsync("acme-20260302", r => r with { State = RunState.Failed });
        (await FailedAsync()).ShouldBe(2);

        async Task<double> FailedAsync()
        {
            // A new one each time: what a restart would tell.
            using var metrics = new Scrape(store, clock);
            return (await metrics.ReadAsync()).Value("distiller_runs_ended_total", ("state", "failed"));
        }
    }

    [Test]
    public async Task a_stage_that_ends_between_two_readings_is_counted_once()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(home);
        await Nights.FillAsync(server.Store, server.Clock);
        using var scrape = new Scrape(server.Store, server.Clock);
        for (var i = 0; i < 3; i++)
        {
            await Nights.StageAsync(server.Store, server.Clock, "acme-20260301", $"s{i}", TimeSpan.FromSeconds(30));
            var metrics = await scrape.ReadAnewAsync();
            metrics
                .Samples.Where(s => s.Name == "distiller_stage_duration_seconds_count")
                .Sum(s => s.Value)
                .ShouldBe(3 + i);
        }
    }

    [Test]
    public async Task a_database_that_is_away_is_told_and_the_page_answers()
    {
        using var home = new TemporaryFolder();
        var away = RunDatabase.Postgres("Host=127.0.0.1;Port=1;Username=u;Password=hidden-word;Timeout=2");
        await using var server = await RunningDashboard.StartAsync(home, database: away);
        var metrics = await ReadAsync(server);
        metrics.Value("distiller_store_up").ShouldBe(0);
        metrics.Value("distiller_build_info").ShouldBe(1);
        server.Log.Text.ShouldNotContain("hidden-word");
    }

    [Test]
    public async Task they_are_not_for_strangers()
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(
            home,
            o => o with { Token = RunningDashboard.Token }
        );
        (await server.Browser.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var answer = await server.SendAsync("GET", "/metrics", ("Authorization", "Bearer " + RunningDashboard.Token));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
    }

    [Test]
    public void any_label_comes_back_as_it_went_in() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<(string?, string?)[]>().Filter(t => t.Length < 6),
                ArbMap.Default.ArbFor<NormalFloat>(),
                (tags, value) =>
                {
                    using var sample = new Sample();
                    var pairs = tags.Select(t => new KeyValuePair<string, object?>(t.Item1 ?? "", t.Item2)).ToArray();
                    sample.Meter.CreateGauge<double>("g").Record(value.Get, pairs);
                    var told = PrometheusDocument.Parse(sample.Write()).Samples.Single();
                    told.Value.ShouldBe(value.Get);
                    // Names may be cleaned and fall together, values may not be lost.
                    string.Join(';', told.Labels.Values)
                        .Split(';')
                        .Order(StringComparer.Ordinal)
                        .ShouldBe(
                            (tags.Length == 0 ? [""] : tags.SelectMany(t => (t.Item2 ?? "").Split(';'))).Order(
                                StringComparer.Ordinal
                            )
                        );
                }
            )
            .QuickCheckThrowOnFailure();

    [TestCase("\\")]
    [TestCase("\\n")]
    [TestCase("\n\n\"\\\"")]
    [TestCase("} 1\nforged_total 7")]
    [TestCase("\u202e<script>\u001b[2J")]
    public void a_hostile_label_stays_within_its_quotes(string value)
    {
        using var sample = new Sample();
        sample
            .Meter.CreateCounter<long>("c", description: "line\nbreak \\ " + value)
            .Add(1, new KeyValuePair<string, object?>("l", value));
        var told = PrometheusDocument.Parse(sample.Write());
        told.Samples.Single().Labels["l"].ShouldBe(value);
        told.Helps["c_total"].ShouldBe("line\nbreak \\ " + value);
    }

    [TestCase("http.server.active-requests", "{request}", "http_server_active_requests_total")]
    [TestCase("a.b", "s", "a_b_seconds_total")]
    [TestCase("a.seconds", "s", "a_seconds_total")]
    [TestCase("a", "By", "a_bytes_total")]
    [TestCase("a", "ms", "a_milliseconds_total")]
    [TestCase("a/b", "km/h", "a_b_km_per_hour_total")]
    public void names_carry_their_unit(string name, string unit, string expected)
    {
        using var sample = new Sample();
        sample.Meter.CreateCounter<int>(name, unit).Add(1);
        PrometheusDocument.Parse(sample.Write()).Samples.Single().Name.ShouldBe(expected);
    }

    [Test]
    public void names_from_outside_do_not_fill_the_memory()
    {
        using var sample = new Sample();
        var counter = sample.Meter.CreateCounter<int>("c");
        for (var i = 0; i < SeriesMax + 500; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("path", i));
        }

        var told = PrometheusDocument.Parse(sample.Write()).Samples;
        told.Count.ShouldBe(SeriesMax + 1);
        told.Single(s => s.Labels.ContainsKey("otel_metric_overflow")).Value.ShouldBe(500);
    }

    [Test]
    public void a_histogram_counts_each_value_in_its_bucket()
    {
        using var sample = new Sample();
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] };
        var histogram = sample.Meter.CreateHistogram("h", "s", advice: advice);
        foreach (var value in (double[])[0.5, 1, 1.5, 10, 11, 1e9])
        {
            histogram.Record(value, new KeyValuePair<string, object?>("stage", "mine"));
        }

        var told = PrometheusDocument.Parse(sample.Write());
        told.Value("h_seconds_bucket", ("le", "1")).ShouldBe(2);
        told.Value("h_seconds_bucket", ("le", "10")).ShouldBe(4);
        told.Value("h_seconds_bucket", ("le", "+Inf")).ShouldBe(6);
        told.Value("h_seconds_count", ("stage", "mine")).ShouldBe(6);
        told.Value("h_seconds_sum").ShouldBe(1e9 + 24);
    }

    [Test]
    public void an_observed_series_that_is_gone_is_told_no_more()
    {
        using var sample = new Sample();
        var parts = new List<string> { "a", "b" };
        sample.Meter.CreateObservableGauge(
            "g",
            () => parts.Select(p => new Measurement<int>(1, new KeyValuePair<string, object?>("part", p)))
        );
        PrometheusDocument.Parse(sample.Write()).Samples.Count.ShouldBe(2);
        parts.Remove("a");
        PrometheusDocument.Parse(sample.Write()).Samples.Single().Labels["part"].ShouldBe("b");
    }

    [TestCase("ops/grafana.json")]
    [TestCase("ops/prometheus-alerts.yml")]
    public async Task the_files_for_operators_name_metrics_that_exist(string path)
    {
        using var home = new TemporaryFolder();
        await using var server = await RunningDashboard.StartAsync(home);
        await Nights.FillAsync(server.Store, server.Clock);
        server.Health.Degraded("webhook", "away");
        await ReadAsync(server);
        var metrics = await ReadAsync(server);
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, path));
        var named = Regex
            .Matches(text, @"\b(distiller|http_server|dotnet)_[a-z_]+")
            .Select(m => m.Value)
            .Distinct()
            .ToList();
        named.Count.ShouldBeGreaterThan(5);
        foreach (var name in named)
        {
            metrics.Has(name).ShouldBeTrue($"{path} names {name}");
        }
    }

    private static async Task<PrometheusDocument> ReadAsync(RunningDashboard server) =>
        PrometheusDocument.Parse(await server.Browser.GetStringAsync("/metrics"));

    private static ServiceProvider Services(Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        TelemetryComposition.AddMeters(services, target: null);
        more?.Invoke(services);
        var provider = services.BuildServiceProvider();
        // What the host does at its start: the provider begins to listen.
        _ = provider.GetRequiredService<MeterProvider>();
        provider.GetRequiredService<IStartupValidator>().Validate();
        return provider;
    }

    /// <summary>What the exporter answers, without the runtime's own metrics.</summary>
    private static async Task<string> ScrapeAsync(IServiceProvider services)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Response.Body = body;
        context.Request.Path = "/metrics";
        var exporter = new ApplicationBuilder(services);
        exporter.UseOpenTelemetryPrometheusScrapingEndpoint();
        await exporter.Build()(context);
        var lines = Encoding.UTF8.GetString(body.ToArray()).Split('\n');
        return string.Join('\n', lines.Where(l => !Regex.IsMatch(l, "^(# (HELP|TYPE|UNIT) )?dotnet_")));
    }

    /// <summary>A meter that the exporter listens to.</summary>
    private sealed class Sample : IDisposable
    {
        private readonly ServiceProvider _services = Services();

        public Sample() => Meter = _services.GetRequiredService<IMeterFactory>().Create("Distiller");

        public Meter Meter { get; }

        public string Write() => ScrapeAsync(_services).GetAwaiter().GetResult();

        public void Dispose() => _services.Dispose();
    }

    /// <summary>Metrics of a store without a server.</summary>
    private sealed class Scrape(RunStore store, TimeProvider time) : IDisposable
    {
        private readonly ServiceProvider _services = Services(s =>
            s.AddSingleton(store).AddSingleton(time).AddSingleton<HealthBoard>().AddSingleton<RunMetrics>()
        );

        public async Task<PrometheusDocument> ReadAsync()
        {
            await _services.GetRequiredService<RunMetrics>().RefreshAsync(CancellationToken.None);
            return PrometheusDocument.Parse(await ScrapeAsync(_services));
        }

        public async Task<PrometheusDocument> ReadAnewAsync()
        {
            _services.GetRequiredService<RunMetrics>().Forget();
            return await ReadAsync();
        }

        public void Dispose() => _services.Dispose();
    }
}
