using Distiller.Dashboard.Alerts;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Dashboard.Alerts;

internal sealed class Alerts_reach_their_receiver : AlertTest
{
    [Test]
    public async Task once_though_the_receiver_fails_twice_first()
    {
        Receiver.Answer = n => n < 2 ? 503 : 200;
        await AddAsync(RunState.Failed);
        await PassAsync();
        Receiver.Posts.Select(p => p.Status).ShouldBe([503, 503, 200]);
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(3);
        Health.Notes.ShouldBeEmpty();
    }

    [Test]
    public async Task unsigned_without_a_secret()
    {
        await AddAsync(RunState.Failed);
        await PassAsync(secret: null);
        Receiver.Posts.Single().Headers.ShouldNotContainKey(Webhook.SignatureHeader);
    }

    [Test]
    public async Task in_the_end_though_the_receiver_is_away_and_servers_start_anew()
    {
        var port = Receiver.Address.Port;
        await Receiver.DisposeAsync();
        await AddAsync(RunState.Failed);
        await PassAsync(port);
        var note = Health.Notes.Single();
        note.Part.ShouldBe("webhook");
        note.Blocks.ShouldBeFalse();
        note.Why.ShouldContain("no connection");

        // Days later, and the run is no news any more.
        for (var i = 0; i < 30; i++)
        {
            Clock.Move(TimeSpan.FromHours(2));
            if (i % 10 == 0)
            {
                await PassAsync(port);
            }
        }

        Receiver = await Receiver.StartAsync(port);
        Clock.Move(TimeSpan.FromHours(1));
        await PassAsync();
        Receiver.Posts.Single().Headers[Webhook.DeliveryHeader].ShouldBe("acme-20260302@20260302T032000/failed");
        Health.Notes.ShouldBeEmpty();
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(1);
    }

    [Test]
    public async Task a_receiver_that_is_away_is_not_asked_all_the_time()
    {
        Receiver.Answer = _ => 500;
        await AddAsync(RunState.Failed);
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(3);
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(3);
        Clock.Move(TimeSpan.FromSeconds(31));
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(6);
        Clock.Move(TimeSpan.FromSeconds(31));
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(6);
    }

    [TestCase(302)]
    [TestCase(307)]
    public async Task a_redirect_is_not_followed(int status)
    {
        Receiver.Answer = _ => status;
        await AddAsync(RunState.Failed);
        await PassAsync();
        Receiver.Posts.Select(p => p.Path).ShouldBe(["/hook/very-secret-path"]);
        Health.Notes.Single().Why.ShouldContain($"answered {status}");
    }

    [Test]
    public async Task a_refusal_is_not_repeated_at_once()
    {
        Receiver.Answer = _ => 404;
        await AddAsync(RunState.Failed);
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(1);
        Health.Notes.Single().Why.ShouldContain("answered 404");
    }

    [Test]
    public async Task many_servers_tell_it_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(RunState.Failed, tenant: $"t{i}");
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PassAsync())));
        Receiver
            .Posts.Select(p => p.Headers[Webhook.DeliveryHeader])
            .Order()
            .ShouldBe(Enumerable.Range(0, 5).Select(i => $"t{i}-20260302@20260302T032000/failed"));
    }

    [Test]
    public async Task no_two_servers_take_the_same_alert()
    {
        var ledger = new AlertLedger(Database, Clock);
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
            var own = new AlertLedger(Database, Clock);
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
        var ledger = new AlertLedger(Database, Clock);
        await ledger.AddAsync("acme-20260302@20260302T032000", "failed", "{}");
        (await ledger.TakeAsync(TimeSpan.FromMinutes(2))).ShouldNotBeNull();
        // The server that took it is gone.
        await PassAsync();
        Receiver.Posts.ShouldBeEmpty();
        Clock.Move(TimeSpan.FromMinutes(3));
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(1);
    }

    [Test]
    public async Task its_address_and_secret_are_never_in_a_log()
    {
        Receiver.Answer = _ => 500;
        await AddAsync(RunState.Failed);
        await PassAsync();
        Log.Text.ShouldContain("was not delivered to");
        foreach (var text in (string[])[Log.Text, Health.Notes.Single().Why, Options(80, Secret).ToString()])
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
        AlertSettings.Parse(url).ShouldBeNull();
        var error = Should.Throw<BadInputException>(() => WebhookOptions.Read(Variables(url), null));
        error.Place.ToString().ShouldBe("$DISTILLER_WEBHOOK");
    }

    [Test]
    public void the_environment_names_the_receiver_before_the_schedule_does()
    {
        WebhookOptions.Read(Variables(null), null).ShouldBeNull();
        WebhookOptions
            .Read(Variables(" https://h/p "), null)!
            .Alerts.ShouldBe(new AlertSettings(new Uri("https://h/p")));

        var scheduled = new AlertSettings(new Uri("https://s/q")) { OnGate = false };
        WebhookOptions.Read(Variables(null), scheduled)!.Alerts.ShouldBe(scheduled);
        WebhookOptions
            .Read(Variables("https://h/p"), scheduled)!
            .Alerts.ShouldBe(scheduled with { Webhook = new Uri("https://h/p") });
    }

    private static Func<string, string?> Variables(string? url) => name => name == WebhookOptions.Variable ? url : "";

    [Test]
    public async Task by_the_server_itself()
    {
        await AddAsync(RunState.Failed);
        var options = Options(Receiver.Address.Port, Secret) with { Every = TimeSpan.FromMilliseconds(50) };
        await using var server = await RunningDashboard.StartAsync(
            Home,
            o => o with { Webhook = options },
            database: RunDatabase.Sqlite(Home["db"]),
            clock: Clock
        );
        for (var i = 0; i < 400 && Receiver.Posts.IsEmpty; i++)
        {
            await Task.Delay(50);
        }

        await AddAsync(RunState.Failed, tenant: "later");
        for (var i = 0; i < 400 && Receiver.Posts.Count < 2; i++)
        {
            await Task.Delay(50);
        }

        Receiver
            .Posts.Select(p => p.Headers[Webhook.DeliveryHeader])
            .ShouldBe(["acme-20260302@20260302T032000/failed", "later-20260302@20260302T032000/failed"]);
    }
}
