using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Dashboard.Alerts;
using Distiller.Runs;
using Distiller.Tests.Dashboard.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distiller.Tests.Dashboard.Alerts;

internal sealed class A_night_that_goes_wrong_is_told
{
    private const string Secret = "a shared secret";

    private TemporaryFolder _home = null!;
    private RunDatabase _database = null!;
    private MovedClock _clock = null!;
    private RunStore _store = null!;
    private HealthBoard _health = null!;
    private KeptLog _log = null!;
    private Receiver _receiver = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        _home = new TemporaryFolder();
        _database = RunDatabase.Sqlite(_home["db"]);
        _clock = new MovedClock();
        _store = new RunStore(_database, _clock);
        await _store.PrepareAsync();
        _health = new HealthBoard(_clock);
        _log = new KeptLog();
        _receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _receiver.DisposeAsync();
        _database.Dispose();
        _log.Dispose();
        _home.Dispose();
    }

    [Test]
    public async Task once_though_the_receiver_fails_twice_first()
    {
        _receiver.Answer = n => n < 2 ? 503 : 200;
        await AddAsync(RunState.Failed);
        await PassAsync();
        _receiver.Posts.Select(p => p.Status).ShouldBe([503, 503, 200]);
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(3);
        _health.Notes.ShouldBeEmpty();
    }

    [Test]
    public async Task with_words_for_a_chat_and_fields_for_a_program_signed()
    {
        await AddAsync(RunState.Failed);
        await PassAsync();
        var post = _receiver.Posts.Single();
        post.Path.ShouldBe("/hook/very-secret-path");
        post.Headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        post.Headers[Webhook.DeliveryHeader].ShouldBe("acme-20260302/failed");
        using var json = JsonDocument.Parse(post.Body);
        var root = json.RootElement;
        root.GetProperty("text")
            .GetString()
            .ShouldBe("Night acme-20260302 of acme failed in distill: the base model is not there");
        root.GetProperty("kind").GetString().ShouldBe("failed");
        root.GetProperty("subject").GetString().ShouldBe("acme-20260302");
        root.GetProperty("tenant").GetString().ShouldBe("acme");
        root.GetProperty("night").GetString().ShouldBe("2026-03-02");
        root.GetProperty("state").GetString().ShouldBe("failed");
        root.GetProperty("stage").GetString().ShouldBe("distill");
        root.GetProperty("attempt").GetInt32().ShouldBe(1);

        var at = post.Headers[Webhook.TimestampHeader];
        at.ShouldBe($"{_clock.GetUtcNow().ToUnixTimeSeconds()}");
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Secret));
        var expected = hmac.ComputeHash([.. Encoding.UTF8.GetBytes(at + "."), .. post.Body]);
        post.Headers[Webhook.SignatureHeader].ShouldBe("sha256=" + Convert.ToHexStringLower(expected));
    }

    [Test]
    public async Task unsigned_without_a_secret()
    {
        await AddAsync(RunState.Failed);
        await PassAsync(secret: null);
        _receiver.Posts.Single().Headers.ShouldNotContainKey(Webhook.SignatureHeader);
    }

    [Test]
    public async Task in_the_end_though_the_receiver_is_away_and_servers_start_anew()
    {
        var port = _receiver.Address.Port;
        await _receiver.DisposeAsync();
        await AddAsync(RunState.Failed);
        await PassAsync(port);
        var note = _health.Notes.Single();
        note.Part.ShouldBe("webhook");
        note.Blocks.ShouldBeFalse();
        note.Why.ShouldContain("no connection");

        // Days later, and the run is no news any more.
        for (var i = 0; i < 30; i++)
        {
            _clock.Move(TimeSpan.FromHours(2));
            if (i % 10 == 0)
            {
                await PassAsync(port);
            }
        }

        _receiver = await Receiver.StartAsync(port);
        _clock.Move(TimeSpan.FromHours(1));
        await PassAsync();
        _receiver.Posts.Single().Headers[Webhook.DeliveryHeader].ShouldBe("acme-20260302/failed");
        _health.Notes.ShouldBeEmpty();
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(1);
    }

    [Test]
    public async Task a_receiver_that_is_away_is_not_asked_all_the_time()
    {
        _receiver.Answer = _ => 500;
        await AddAsync(RunState.Failed);
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(3);
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(3);
        _clock.Move(TimeSpan.FromSeconds(31));
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(6);
        _clock.Move(TimeSpan.FromSeconds(31));
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(6);
    }

    [TestCase(302)]
    [TestCase(307)]
    public async Task a_redirect_is_not_followed(int status)
    {
        _receiver.Answer = _ => status;
        await AddAsync(RunState.Failed);
        await PassAsync();
        _receiver.Posts.Select(p => p.Path).ShouldBe(["/hook/very-secret-path"]);
        _health.Notes.Single().Why.ShouldContain($"answered {status}");
    }

    [Test]
    public async Task a_refusal_is_not_repeated_at_once()
    {
        _receiver.Answer = _ => 404;
        await AddAsync(RunState.Failed);
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(1);
        _health.Notes.Single().Why.ShouldContain("answered 404");
    }

    [Test]
    public async Task a_closed_gate_is_told_and_an_open_one_is_not()
    {
        await AddAsync(RunState.Finished, Nights.Figures(published: true));
        await PassAsync();
        _receiver.Posts.ShouldBeEmpty();
        await AddAsync(RunState.Finished, Nights.Figures(published: false), "beta");
        await PassAsync();
        var text = Text(_receiver.Posts.Single());
        text.ShouldBe(
            "Night beta-20260302 of beta finished, and its gate is closed: nothing was published: solved 3 of 40, control 30"
        );
    }

    [Test]
    public async Task a_night_that_does_not_begin_is_told()
    {
        await _store.AddAsync(RunDoor.NewRun("acme", new DateOnly(2026, 3, 2), 1, "schedule", _clock.GetUtcNow()));
        _clock.Move(TimeSpan.FromHours(5));
        await PassAsync();
        _receiver.Posts.ShouldBeEmpty();
        _clock.Move(TimeSpan.FromHours(2));
        await PassAsync();
        Text(_receiver.Posts.Single()).ShouldStartWith("Night acme-20260302 of acme was due at 2026-03-02 03:00 UTC");
    }

    [Test]
    public async Task a_night_that_does_not_end_is_told()
    {
        var run = RunDoor.NewRun("acme", new DateOnly(2026, 3, 2), 1, "schedule", _clock.GetUtcNow());
        await _store.AddAsync(run with { State = RunState.Running, Started = run.Due });
        _clock.Move(TimeSpan.FromHours(7));
        await PassAsync();
        using var json = JsonDocument.Parse(_receiver.Posts.Single().Body);
        json.RootElement.GetProperty("kind").GetString().ShouldBe("overdue");
    }

    [Test]
    public async Task a_night_that_waits_for_its_next_window_is_not_overdue()
    {
        var run = RunDoor.NewRun("acme", new DateOnly(2026, 3, 2), 1, "schedule", _clock.GetUtcNow());
        await _store.AddAsync(
            run with
            {
                State = RunState.Paused,
                Started = run.Due,
                Due = run.Due + TimeSpan.FromHours(19),
            }
        );
        _clock.Move(TimeSpan.FromHours(20));
        await PassAsync();
        _receiver.Posts.ShouldBeEmpty();
    }

    [Test]
    public async Task a_night_that_no_scheduler_began_is_told_unless_it_is_held()
    {
        var due = _clock.GetUtcNow();
        await _store.Tenants.SetAsync([
            Nights.Tenant("acme", due),
            Nights.Tenant("beta", due),
            Nights.Tenant("late", null),
        ]);
        await _store.Tenants.HoldAsync("beta", held: true);
        _clock.Move(TimeSpan.FromHours(7));
        await PassAsync();
        Text(_receiver.Posts.Single())
            .ShouldBe("A night of acme was due at 2026-03-02 03:00 UTC and no scheduler began it");
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(1);
    }

    [Test]
    public async Task old_stories_are_not_told_when_a_webhook_is_set_up()
    {
        await AddAsync(RunState.Failed);
        _clock.Move(TimeSpan.FromDays(3));
        await PassAsync();
        _receiver.Posts.ShouldBeEmpty();
    }

    [Test]
    public async Task many_servers_tell_it_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(RunState.Failed, tenant: $"t{i}");
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PassAsync())));
        _receiver
            .Posts.Select(p => p.Headers[Webhook.DeliveryHeader])
            .Order()
            .ShouldBe(Enumerable.Range(0, 5).Select(i => $"t{i}-20260302/failed"));
    }

    [Test]
    public async Task no_two_servers_take_the_same_alert()
    {
        var ledger = new AlertLedger(_database, _clock);
        for (var i = 0; i < 12; i++)
        {
            await ledger.AddAsync($"run-{i}", "failed", "{}");
        }

        // All of them ask at the same moment, again and again.
        using var moment = new Barrier(3);
        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, moment.ParticipantCount)
                .Select(_ =>
                    Task.Factory.StartNew(
                        TakeAll,
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );
        taken.SelectMany(t => t).Order().ShouldBe(Enumerable.Range(0, 12).Select(i => $"run-{i} 1").Order());

        List<string> TakeAll()
        {
            var own = new AlertLedger(_database, _clock);
            var mine = new List<string>();
            for (var i = 0; i < 12; i++)
            {
                moment.SignalAndWait();
                if (own.TakeAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult() is { } alert)
                {
                    mine.Add($"{alert.Subject} {alert.Tries}");
                }
            }

            return mine;
        }
    }

    [Test]
    public async Task a_delivery_that_nobody_wrote_down_is_made_again()
    {
        await AddAsync(RunState.Failed);
        var ledger = new AlertLedger(_database, _clock);
        await ledger.AddAsync("acme-20260302", "failed", "{}");
        (await ledger.TakeAsync(TimeSpan.FromMinutes(2))).ShouldNotBeNull();
        // The server that took it is gone.
        await PassAsync();
        _receiver.Posts.ShouldBeEmpty();
        _clock.Move(TimeSpan.FromMinutes(3));
        await PassAsync();
        _receiver.Posts.Count.ShouldBe(1);
    }

    [Test]
    public async Task a_hostile_reason_mentions_nobody_and_hides_nothing()
    {
        var run = Nights.Over("acme", _clock.GetUtcNow(), RunState.Failed);
        await _store.AddAsync(
            run with
            {
                Reason = "<!channel> & <https://evil.example|ok>\u202e\u001b[2J\n" + new string('x', 9000),
            }
        );
        await PassAsync();
        var text = Text(_receiver.Posts.Single());
        text.ShouldContain("&lt;!channel&gt; &amp; &lt;https://evil.example|ok&gt;  [2J xxx");
        text.Length.ShouldBeLessThan(520);
    }

    [Test]
    public async Task its_address_and_secret_are_never_in_a_log()
    {
        _receiver.Answer = _ => 500;
        await AddAsync(RunState.Failed);
        await PassAsync();
        _log.Text.ShouldContain("was not delivered to");
        foreach (var text in (string[])[_log.Text, _health.Notes.Single().Why, Options(80, Secret).ToString()])
        {
            text.ShouldNotContain("very-secret-path");
            text.ShouldNotContain(Secret);
        }
    }

    [TestCase("ftp://host/x")]
    [TestCase("host/x")]
    [TestCase("not a url")]
    public void what_cannot_be_posted_to_is_refused(string url)
    {
        var place = new SourceLocation("nightly.yaml", 7);
        var error = Should.Throw<BadInputException>(() => WebhookOptions.Read(url, null, place));
        error.Place.ShouldBe(place);
        WebhookOptions.Read(null, null, place).ShouldBeNull();
        WebhookOptions.Read(" https://h/p ", "", place)!.Url.ShouldBe(new Uri("https://h/p"));
    }

    [Test]
    public async Task by_the_server_itself()
    {
        await AddAsync(RunState.Failed);
        var options = Options(_receiver.Address.Port, Secret) with { Every = TimeSpan.FromMilliseconds(50) };
        await using var server = await RunningDashboard.StartAsync(
            _home,
            o => o with { Webhook = options },
            database: RunDatabase.Sqlite(_home["db"]),
            clock: _clock
        );
        for (var i = 0; i < 400 && _receiver.Posts.IsEmpty; i++)
        {
            await Task.Delay(50);
        }

        await AddAsync(RunState.Failed, tenant: "later");
        for (var i = 0; i < 400 && _receiver.Posts.Count < 2; i++)
        {
            await Task.Delay(50);
        }

        _receiver
            .Posts.Select(p => p.Headers[Webhook.DeliveryHeader])
            .ShouldBe(["acme-20260302/failed", "later-20260302/failed"]);
    }

    private static string Text(Receiver.Post post)
    {
        using var json = JsonDocument.Parse(post.Body);
        return json.RootElement.GetProperty("text").GetString()!;
    }

    private static WebhookOptions Options(int port, string? secret) =>
        new(new Uri($"http://{IPAddress.Loopback}:{port}/hook/very-secret-path"))
        {
            Secret = secret,
            Late = TimeSpan.FromHours(6),
            RetryDelay = TimeSpan.FromMilliseconds(10),
        };

    private Task AddAsync(RunState state, RunFigures? figures = null, string tenant = "acme") =>
        _store.AddAsync(Nights.Over(tenant, _clock.GetUtcNow(), state, figures));

    /// <summary>What one server does in one round; a new one each time, as after a restart.</summary>
    private async Task PassAsync(int? port = null, string? secret = Secret)
    {
        var options = Options(port ?? _receiver.Address.Port, secret);
        using var webhook = new Webhook(options, _clock);
        using var logs = LoggerFactory.Create(l => l.AddProvider(_log));
        using var loop = new AlertLoop(options, webhook, _store, _health, _clock, logs.CreateLogger<AlertLoop>());
        await loop.PassAsync(CancellationToken.None);
    }
}
