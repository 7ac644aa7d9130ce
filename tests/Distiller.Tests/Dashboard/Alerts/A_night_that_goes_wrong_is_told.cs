using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Distiller.Dashboard.Alerts;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Tests.Dashboard.Telemetry;

namespace Distiller.Tests.Dashboard.Alerts;

internal sealed class A_night_that_goes_wrong_is_told : AlertTest
{
    [Test]
    public async Task again_where_it_was_tried_again_and_failed_again()
    {
        await AddAsync(RunState.Failed);
        await PassAsync();
        await Store.ChangeAsync("acme-20260302", r => r with { State = RunState.Running, Ended = null });
        await PassAsync();
        Clock.Move(TimeSpan.FromMinutes(7));
        await Store.ChangeAsync("acme-20260302", r => r with { State = RunState.Failed, Ended = Clock.GetUtcNow() });
        await PassAsync();
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(2);
        Receiver.Posts.Select(p => p.Headers[Webhook.DeliveryHeader]).Distinct().Count().ShouldBe(2);
    }

    [Test]
    public async Task with_words_for_a_chat_and_fields_for_a_program_signed()
    {
        await AddAsync(RunState.Failed);
        await PassAsync();
        var post = Receiver.Posts.Single();
        post.Path.ShouldBe("/hook/very-secret-path");
        post.Headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        post.Headers[Webhook.DeliveryHeader].ShouldBe("acme-20260302@20260302T032000/failed");
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
        at.ShouldBe($"{Clock.GetUtcNow().ToUnixTimeSeconds()}");
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Secret));
        var expected = hmac.ComputeHash([.. Encoding.UTF8.GetBytes(at + "."), .. post.Body]);
        post.Headers[Webhook.SignatureHeader].ShouldBe("sha256=" + Convert.ToHexStringLower(expected));
    }

    [Test]
    public async Task a_closed_gate_is_told_and_an_open_one_is_not()
    {
        await AddAsync(RunState.Finished, Nights.Figures(published: true));
        await PassAsync();
        Receiver.Posts.ShouldBeEmpty();
        await AddAsync(RunState.Finished, Nights.Figures(published: false), "beta");
        await PassAsync();
        var text = Text(Receiver.Posts.Single());
        text.ShouldBe(
            "Night beta-20260302 of beta finished, and its gate is closed: nothing was published: solved 3 of 40, control 30"
        );
    }

    [Test]
    public async Task a_night_that_does_not_begin_is_told()
    {
        await Store.AddAsync(RunCommands.NewRun("acme", new DateOnly(2026, 3, 2), 1, "schedule", Clock.GetUtcNow()));
        Clock.Move(TimeSpan.FromHours(5));
        await PassAsync();
        Receiver.Posts.ShouldBeEmpty();
        Clock.Move(TimeSpan.FromHours(2));
        await PassAsync();
        Text(Receiver.Posts.Single()).ShouldStartWith("Night acme-20260302 of acme was due at 2026-03-02 03:00 UTC");
    }

    [Test]
    public async Task a_night_that_does_not_end_is_told()
    {
        var run = RunCommands.NewRun("acme", new DateOnly(2026, 3, 2), 1, "schedule", Clock.GetUtcNow());
        await Store.AddAsync(run with { State = RunState.Running, Started = run.Due });
        Clock.Move(TimeSpan.FromHours(7));
        await PassAsync();
        using var json = JsonDocument.Parse(Receiver.Posts.Single().Body);
        json.RootElement.GetProperty("kind").GetString().ShouldBe("overdue");
    }

    [Test]
    public async Task a_night_that_waits_for_its_next_window_is_not_overdue()
    {
        var run = RunCommands.NewRun("acme", new DateOnly(2026, 3, 2), 1, "schedule", Clock.GetUtcNow());
        await Store.AddAsync(
            run with
            {
                State = RunState.Paused,
                Started = run.Due,
                Due = run.Due + TimeSpan.FromHours(19),
            }
        );
        Clock.Move(TimeSpan.FromHours(20));
        await PassAsync();
        Receiver.Posts.ShouldBeEmpty();
    }

    [Test]
    public async Task a_night_that_no_scheduler_began_is_told_unless_it_is_held()
    {
        var due = Clock.GetUtcNow();
        await Store.Tenants.SetAsync([
            Nights.Tenant("acme", due),
            Nights.Tenant("beta", due),
            Nights.Tenant("late", null),
        ]);
        await Store.Tenants.HoldAsync("beta", held: true);
        Clock.Move(TimeSpan.FromHours(7));
        await PassAsync();
        Text(Receiver.Posts.Single())
            .ShouldBe("A night of acme was due at 2026-03-02 03:00 UTC and no scheduler began it");
        await PassAsync();
        Receiver.Posts.Count.ShouldBe(1);
    }

    [Test]
    public async Task old_stories_are_not_told_when_a_webhook_is_set_up()
    {
        await AddAsync(RunState.Failed);
        Clock.Move(TimeSpan.FromDays(3));
        await PassAsync();
        Receiver.Posts.ShouldBeEmpty();
    }

    [Test]
    public async Task a_hostile_reason_mentions_nobody_and_hides_nothing()
    {
        var run = Nights.Over("acme", Clock.GetUtcNow(), RunState.Failed);
        await Store.AddAsync(
            run with
            {
                Reason = "<!channel> & <https://evil.example|ok>\u202e\u001b[2J\n" + new string('x', 9000),
            }
        );
        await PassAsync();
        var text = Text(Receiver.Posts.Single());
        text.ShouldContain("&lt;!channel&gt; &amp; &lt;https://evil.example|ok&gt;  [2J xxx");
        text.Length.ShouldBeLessThan(520);
    }
}
