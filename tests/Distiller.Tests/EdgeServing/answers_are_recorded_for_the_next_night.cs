using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Distiller.EdgeServer.Recording;
using Distiller.Scrubbing;
using Distiller.Tests.Collecting;

namespace Distiller.Tests.EdgeServing;

internal sealed class answers_are_recorded_for_the_next_night
{
    private const string Secret = "anna.schmidt@mail.example";

    private EdgeBench _bench;
    private TemporaryFolder _folder;
    private RunningEdge _edge;

    [OneTimeSetUp]
    public void BeginAll()
    {
        _bench = new EdgeBench();
        _bench.Publish();
        _bench.Pull();
    }

    [OneTimeTearDown]
    public void EndAll() => _bench.Dispose();

    [SetUp]
    public async Task Begin()
    {
        _folder = new TemporaryFolder();
        _edge = await StartAsync();
    }

    [TearDown]
    public async Task End()
    {
        await _edge.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task a_conversation_is_one_episode_with_its_outcome()
    {
        var first = await SayAsync(User($"write to {Secret}"));
        var second = await SayAsync(User($"write to {Secret}"), Assistant(first.Text), User("and now?"));
        (await TellAsync(new { id = first.Id, outcome = "succeeded" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var collected = Collected.From(_folder.Path);
        var episode = collected.Single;

        collected.Quarantined.ShouldBeEmpty();
        episode.Key.ShouldBe(first.Id);
        episode.Agent.ShouldBe("edge");
        episode
            .Turns.Select(t => t.Role)
            .ShouldBe([TurnRole.User, TurnRole.Assistant, TurnRole.User, TurnRole.Assistant]);
        episode.Turns[3].Text.ShouldBe(second.Text);
        episode.Turns[1].RequestId.ShouldBe(first.Id);
        episode.Requests.Select(r => r.Id).ShouldBe([first.Id, second.Id]);
        episode.Requests[1].Usage.Output.ShouldBe(second.Output);
        episode.Requests[1].Usage.CacheRead.ShouldBe(second.Cached);
        episode.Outcome.Kind.ShouldBe(OutcomeKind.Succeeded);
        episode.Outcome.Judge.ShouldBe("client");
        // The release itself, whatever the channel leads to tomorrow.
        episode.Model.ShouldBe(_bench.Store.Read().Adapters["nightly"].Current);
    }

    [Test]
    public async Task the_last_outcome_told_counts_and_all_are_kept()
    {
        var answer = await SayAsync(User("a question"));
        foreach (var outcome in (string[])["succeeded", "failed", "succeeded", "failed"])
        {
            using var told = await TellAsync(
                new
                {
                    id = answer.Id,
                    outcome,
                    judge = "desk",
                    note = $"{Secret} says {outcome}",
                }
            );
            told.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var lines = Lines();
        lines.Count.ShouldBe(5);
        lines
            .Skip(1)
            .Select(l => l.GetProperty("outcome").GetProperty("kind").GetString())
            .ShouldBe(["succeeded", "failed", "succeeded", "failed"]);
        lines[4].GetProperty("note").GetString().ShouldBe("[email-1] says failed");
        using var collected = Collected.From(_folder.Path);
        collected.Single.Outcome.ShouldBe(new Outcome(OutcomeKind.Failed, "desk"));
        // The next night reads the same files, and what came since.
        await TellAsync(new { id = answer.Id, outcome = "succeeded" });
        collected.Again(_folder.Path);
        collected.Read().ShouldHaveSingleItem().Outcome.Kind.ShouldBe(OutcomeKind.Succeeded);
    }

    [Test]
    public async Task no_secret_reaches_the_disk()
    {
        var answer = await SayAsync(
            new { role = "system", content = $"you serve {Secret}" },
            User($"my key is sk-proj-{new string('a', 20)}B7d9{new string('c', 24)}, my address {Secret}")
        );
        await TellAsync(
            new
            {
                id = answer.Id,
                outcome = "failed",
                note = Secret,
                judge = Secret,
            }
        );

        var written = string.Concat(Files().Select(File.ReadAllText));
        written.ShouldContain("[email-1]");
        written.ShouldNotContain(Secret);
        written.ShouldNotContain("B7d9");
    }

    [Test]
    public async Task a_streamed_answer_is_recorded_before_the_client_knows_that_it_is_over()
    {
        using var response = await _edge.Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                messages = new[] { User("tell me") },
                stream = true,
                max_tokens = 6,
            }
        );
        var events = await response.Content.ReadAsStringAsync();
        var id = JsonDocument.Parse(events.Split('\n')[0]["data: ".Length..]).RootElement.GetProperty("id").GetString();

        (await TellAsync(new { id, outcome = "failed" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var line = Lines()[^1];
        line.GetProperty("turns")[1].GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
        line.GetProperty("events").GetProperty("answer cut off").GetInt32().ShouldBe(1);
    }

    [Test]
    public async Task a_name_of_the_clients_own_holds_a_conversation_together()
    {
        foreach (var text in (string[])["one", "two"])
        {
            await AskAsync(
                _edge,
                new
                {
                    messages = new[] { User("the same opening") },
                    metadata = new { conversation = text },
                    max_tokens = 4,
                }
            );
        }

        using var told = await TellAsync(new { id = "two", outcome = "succeeded" });
        told.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var collected = Collected.From(_folder.Path);
        collected.Episodes.Select(e => e.Key).ShouldBe(["one", "two"]);
        collected.Episodes.Select(e => e.Outcome.Kind).ShouldBe([OutcomeKind.Unknown, OutcomeKind.Succeeded]);
        // The same opening is the same task: the two never stand on both sides of the split.
        collected.Episodes.Select(e => e.TaskId).Distinct().Count().ShouldBe(1);
    }

    [Test]
    public async Task an_outcome_may_be_told_after_a_restart()
    {
        var answer = await SayAsync(User("before the restart"));
        await _edge.DisposeAsync();
        _edge = await StartAsync();

        using var told = await _edge.Http.PostAsJsonAsync("/v1/outcomes", new { id = answer.Id, outcome = "failed" });

        told.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var collected = Collected.From(_folder.Path);
        collected.Single.Outcome.Kind.ShouldBe(OutcomeKind.Failed);
        Files().Count.ShouldBe(2, "a process writes to files of its own only");
    }

    [TestCase("""{"id":"chatcmpl-nobody","outcome":"failed"}""", 404, "recorded")]
    [TestCase("""{"outcome":"failed"}""", 400, "id")]
    [TestCase("""{"id":7,"outcome":"failed"}""", 400, "text")]
    [TestCase("""{"id":"x","outcome":"perhaps"}""", 400, "succeeded or failed")]
    [TestCase("""{"id":"x","outcome":"failed","judge":""}""", 400, "judge")]
    [TestCase("""[1]""", 400, "object")]
    [TestCase("""{"id":""", 400, "JSON")]
    public async Task an_outcome_that_is_none_is_refused_with_the_reason(string body, int status, string reason)
    {
        using var content = new StringContent(body);
        using var refused = await _edge.Http.PostAsync("/v1/outcomes", content);

        ((int)refused.StatusCode).ShouldBe(status);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(reason);
    }

    [Test]
    public async Task nothing_is_recorded_unless_it_is_asked_for()
    {
        await using var silent = await RunningEdge.StartAsync(OpenBare());
        using var answered = await silent.Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new { messages = new[] { User("x") }, max_tokens = 2 }
        );
        answered.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var refused = await silent.Http.PostAsJsonAsync("/v1/outcomes", new { id = "x", outcome = "failed" });

        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("--record");
    }

    [Test]
    public async Task a_full_disk_costs_the_record_and_not_the_answer()
    {
        using var disk = new SmallDisk(_folder["disk"], 1);
        var told = new List<string>();
        await using var edge = await StartAsync(disk.Path, tell: told.Add);
        var answer = await SayAsync(edge, User("while there is room"));
        disk.Fill();
        // The last block of the file may have room for some more.
        var more = 0;
        while (told.Count == 0 && more < 40)
        {
            var given = await SayAsync(edge, User($"{++more} {string.Join(' ', Enumerable.Repeat("no room", 20))}"));
            given.Text.ShouldNotBeNull();
        }

        told.ShouldHaveSingleItem().ShouldContain("disk is full");
        using var refused = await edge.Http.PostAsJsonAsync("/v1/outcomes", new { id = answer.Id, outcome = "failed" });
        refused.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        disk.MakeRoom();
        await SayAsync(edge, User("there is room again"));
        using var collected = Collected.From(disk.Path);
        collected.Quarantined.ShouldBeEmpty();
        collected.Episodes.Count.ShouldBe(2 + more - 1);
    }

    private Task<RunningEdge> StartAsync(string? folder = null, Action<string>? tell = null) =>
        RunningEdge.StartAsync(
            folder is null ? _bench.Open() : OpenBare(),
            new EdgeServerOptions
            {
                Record = new RecordOptions
                {
                    Folder = folder ?? _folder.Path,
                    Scrub = e => new EpisodeScrubber(ScrubRules.Default).All(e),
                },
                Tell = tell ?? (words => Assert.Fail(words)),
            }
        );

    /// <summary>Beside the one that has the home.</summary>
    private EdgeHost OpenBare() =>
        EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = _bench.BasePath,
                Threads = 1,
                Engine = new EngineOptions { ContextTokens = 512 },
            }
        );

    private Task<Answer> SayAsync(params object[] messages) => SayAsync(_edge, messages);

    private static Task<Answer> SayAsync(RunningEdge edge, params object[] messages) =>
        AskAsync(edge, new { messages, max_tokens = 6 });

    private static async Task<Answer> AskAsync(RunningEdge edge, object body)
    {
        using var response = await edge.Http.PostAsJsonAsync("/v1/chat/completions", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var root = await response.Content.ReadFromJsonAsync<JsonElement>();
        var usage = root.GetProperty("usage");
        return new Answer(
            root.GetProperty("id").GetString()!,
            root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!,
            usage.GetProperty("completion_tokens").GetInt64(),
            usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt64()
        );
    }

    private Task<HttpResponseMessage> TellAsync(object outcome) => _edge.Http.PostAsJsonAsync("/v1/outcomes", outcome);

    private static object User(string content) => new { role = "user", content };

    private static object Assistant(string content) => new { role = "assistant", content };

    private List<string> Files() => [.. Directory.EnumerateFiles(_folder.Path).Order(StringComparer.Ordinal)];

    private List<JsonElement> Lines() =>
        [.. Files().SelectMany(File.ReadAllLines).Select(l => JsonDocument.Parse(l).RootElement)];

    private sealed record Answer(string Id, string Text, long Output, long Cached);
}
