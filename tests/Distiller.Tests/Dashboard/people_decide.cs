using System.Net;
using Distiller.Lake;
using Distiller.Mining.Imprints;
using Distiller.Mining.Labelling;
using Distiller.Mining.Reviewing;
using Distiller.Registry;
using Microsoft.AspNetCore.Builder;

namespace Distiller.Tests.Dashboard;

/// <summary>Reviews, promotions and second looks: each changes the tenant's own folder and nothing else.</summary>
public sealed class People_decide
{
    private DashboardWorld _world = null!;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    private string Home => Path.Combine(_world.Home, "tenants", "halden");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _world = new DashboardWorld();
        await _world.FillAsync();
        _app = await DashboardHost.ServeAsync(_world);
        _client = DashboardHost.ClientOf(_app);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _world.Dispose();
    }

    [Test]
    public async Task on_a_pattern_with_a_reason()
    {
        var path = $"/patterns/{_world.Workspace.PatternId}?tenant=halden";
        var token = await DashboardHost.TokenAsync(_client, path);
        using var rejected = await PostAsync(
            $"/patterns/{_world.Workspace.PatternId}/review",
            token,
            ("decision", "Rejected"),
            ("note", "refunds go to the desk since March <b>"),
            ("back", "pattern")
        );
        rejected.Headers.Location!.ToString().ShouldBe(path);
        var review = new PatternReviews(Home, _world.Clock).Current()[_world.Workspace.PatternId];
        review.Decision.ShouldBe(PatternDecision.Rejected);
        review.By.ShouldBe("the dashboard");
        var page = await _client.GetStringAsync(path);
        page.ShouldContain("refunds go to the desk since March &lt;b&gt;");
        (await _client.GetStringAsync("/patterns?tenant=halden")).ShouldContain("rejected");

        using var taken = await PostAsync(
            $"/patterns/{_world.Workspace.PatternId}/review",
            token,
            ("decision", "None"),
            ("back", "list")
        );
        taken.Headers.Location!.ToString().ShouldBe("/patterns?tenant=halden");
        new PatternReviews(Home, _world.Clock).Current().ShouldBeEmpty();
    }

    [Test]
    public async Task on_how_an_episode_ended()
    {
        var id = _world.Workspace.Episodes[0];
        var path = $"/episodes/{id}?tenant=halden";
        var token = await DashboardHost.TokenAsync(_client, path);
        using var catalog = new Lake.Catalog.EpisodeCatalog(Home);
        var episode = catalog.Read(id.Value)!.Episode;
        var book = new LabelBook(Home, _world.Clock);
        using var labelled = await PostAsync(
            $"/episodes/{id}/label",
            token,
            ("task", "1"),
            ("says", "Failed"),
            ("note", "it was paid back twice <b>")
        );
        labelled.Headers.Location!.ToString().ShouldBe(path);
        var label = book.Current()![PersonLabel.TaskOf(episode.Format, episode.Tenant, episode.Key)];
        (label.Says, label.By).ShouldBe((OutcomeKind.Failed, "the dashboard"));
        var page = await _client.GetStringAsync(path);
        page.ShouldContain("it was paid back twice &lt;b&gt;");
        page.ShouldContain("Take back");

        using var strange = await PostAsync($"/episodes/{id}/label", token, ("task", "2"), ("says", "Failed"));
        strange.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var taken = await PostAsync($"/episodes/{id}/label", token, ("task", "1"), ("says", "Unknown"));
        book.Current().ShouldBeNull();
    }

    [Test]
    public async Task on_a_line_of_the_imprint()
    {
        const string path = "/imprint?tenant=halden";
        const string card = "c0ffee0000000001";
        var book = new ImprintBook(Home, _world.Clock);
        var token = await DashboardHost.TokenAsync(_client, path);
        using var edited = await PostAsync(
            $"/imprint/{card}/review",
            token,
            ("decision", "Accepted"),
            ("text", "Run `make test`,\nit takes a minute --> <b>")
        );
        edited.Headers.Location!.ToString().ShouldBe(path);
        book.Current()[card].Text.ShouldBe("Run `make test`, it takes a minute -> <b>");
        var page = await _client.GetStringAsync(path);
        page.ShouldContain("it takes a minute -&gt; &lt;b&gt;");
        page.ShouldContain("edited");

        using var rejected = await PostAsync($"/imprint/{card}/review", token, ("decision", "Rejected"));
        (await _client.GetStringAsync(path)).ShouldNotContain("- Run tests with `make test`");
        using var taken = await PostAsync($"/imprint/{card}/review", token, ("decision", "None"));
        book.Current().ShouldBeEmpty();
        (await _client.GetStringAsync(path)).ShouldContain("- Run tests with `make test`");
        using var strange = await PostAsync("/imprint/ffffffff/review", token, ("decision", "Rejected"));
        strange.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task on_a_pattern_that_is_not_there_and_are_told_so()
    {
        var token = await DashboardHost.TokenAsync(_client, "/jobs");
        using var response = await PostAsync("/patterns/ffffffffffff/review", token, ("decision", "Accepted"));
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadAsStringAsync()).ShouldContain("There is no pattern whose id begins with");
    }

    [Test]
    public async Task what_the_edges_load()
    {
        var path = $"/releases/{_world.Workspace.ReleaseId}?tenant=halden";
        var token = await DashboardHost.TokenAsync(_client, path);
        var channels = new ReleaseRegistry(Path.Combine(Home, "adapters"), _world.Clock).Channels;
        channels.Find(ReleaseChannels.Stable).ShouldBeNull();
        using (var promoted = await PostAsync($"/releases/{_world.Workspace.ReleaseId}/promote", token))
        {
            promoted.Headers.Location!.ToString().ShouldBe(path);
        }

        channels.Find(ReleaseChannels.Stable)!.Release.ShouldBe(_world.Workspace.ReleaseId);
        (await _client.GetStringAsync(path)).ShouldNotContain("Promote to stable");
        (await _client.GetStringAsync("/releases?tenant=halden")).ShouldNotContain(
            "Roll back to",
            customMessage: "nothing is before it"
        );

        using var back = await PostAsync("/releases/roll-back", token);
        back.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        var second = _world.Workspace.PublishAnother();
        using (await PostAsync($"/releases/{second}/promote", token)) { }
        channels.Find(ReleaseChannels.Stable)!.Release.ShouldBe(second);
        (await _client.GetStringAsync("/releases?tenant=halden")).ShouldContain(
            $"Roll back to {_world.Workspace.ReleaseId}"
        );
        using (await PostAsync("/releases/roll-back", token)) { }
        channels.Find(ReleaseChannels.Stable)!.Release.ShouldBe(_world.Workspace.ReleaseId);
        // Not the newest, which was taken back.
        (await _client.GetStringAsync("/releases?tenant=halden")).ShouldContain(
            $"{_world.Workspace.ReleaseId}/adapter-int4.gguf"
        );
    }

    [Test]
    public async Task that_a_corrected_file_is_read_again()
    {
        var token = await DashboardHost.TokenAsync(_client, "/quarantine?tenant=halden");
        var file = Path.Combine(_world.Home, "corrected.jsonl");
        Distiller.Opsdesk.EpisodeLines.Write(file, [Storing.Sample.Episode("late")]);
        using (var workspace = Workspace.Open(Home, _world.Clock))
        {
            using var batch = workspace.Quarantine.BeginBatch();
            batch.Add(
                new QuarantinedRecord(
                    new SourceLocation(file, 1),
                    "episode",
                    "Cut off.",
                    "Write it again.",
                    new string('7', 64),
                    "{"
                )
            );
            batch.Commit();
            using var busy = await PostAsync("/quarantine/retry", token, ("file", file));
            busy.StatusCode.ShouldBe(
                HttpStatusCode.UnprocessableEntity,
                "this test holds the workspace, as a night does"
            );
        }

        using var retried = await PostAsync("/quarantine/retry", token, ("file", file));
        retried.Headers.Location!.ToString().ShouldBe("/quarantine?tenant=halden&released=1");
        var page = await _client.GetStringAsync(retried.Headers.Location);
        page.ShouldContain("1 record could be read now.");
        page.ShouldNotContain("corrected.jsonl");
        Workspace.OpenReadOnly(Home).Episodes.Read().ShouldContain(e => e.TaskId == "task/late");
    }

    [Test]
    public async Task only_with_a_token_and_for_a_tenant_that_is_there()
    {
        using var none = await PostAsync($"/releases/{_world.Workspace.ReleaseId}/promote", token: null);
        none.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var token = await DashboardHost.TokenAsync(_client, "/jobs");
        using var nobody = await DashboardHost.PostAsync(_client, "/quarantine/retry", token, ("tenant", "../halden"));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? token, params (string, string)[] fields) =>
        DashboardHost.PostAsync(_client, path, token, [("tenant", "halden"), .. fields]);
}
