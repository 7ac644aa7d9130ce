using System.Net.Http.Json;
using System.Text.Json;
using Distiller.EdgeServer;
using Distiller.EdgeServer.OpenAi;
using Distiller.Registry;

namespace Distiller.Tests.EdgeServing;

internal sealed class what_changed_is_answered_from_the_document
{
    private const string Line = "You work the desk.";
    private const string Disk = "the disk of mail is full";
    private const string Login = "login to seats fails";

    private static readonly string[] Learnt =
    [
        "* mail disk: restart host=oak; close code=1",
        "* seats login: unlock account=elm; close code=2",
        "* quotes slow: drain queue=ash; close code=3",
    ];

    private EdgeBench _bench;
    private List<string> _told;

    [SetUp]
    public void Begin()
    {
        (_bench, _told) = (new EdgeBench(), []);
        var context = Path.Combine(Directory.CreateDirectory(_bench["context"]).FullName, "context.json");
        File.WriteAllBytes(
            context,
            JsonSerializer.SerializeToUtf8Bytes(
                new LearntContext([
                    new LearntEntry("desk/mail disk", Learnt[0], ["disk full mail of the", "disk mail no space"]),
                    new LearntEntry("desk/seats login", Learnt[1], ["fails login seats to", "login rejected seats"]),
                    new LearntEntry("desk/quotes slow", Learnt[2], ["quotes slow very", "pages quotes slow"]),
                ]),
                EpisodeJson.Options
            )
        );
        _bench.Publish(change: d =>
            d with
            {
                ContextPath = context,
                Plan = new ReleasePlan("A3-router", "router", Line, "subject", null, true, true, 400, [], null),
            }
        );
        _bench.Pull();
    }

    [TearDown]
    public void End() => _bench.Dispose();

    [Test]
    public async Task what_did_not_change_is_the_adapters()
    {
        Write([.. Learnt]);
        await using var edge = await StartAsync();

        (await AskAsync(edge, Disk)).Model.ShouldStartWith("tiny:nightly@");
        _told.ShouldContain(t => t.Contains("0 of 3 entries"));
        (await edge.Http.GetStringAsync("/metrics")).ShouldContain("by=\"adapter\"");
    }

    /// <summary>The answer is what the base says to the prompt that holds the entry, word for word.</summary>
    [Test]
    public async Task a_changed_entry_is_answered_by_the_base_that_reads_it()
    {
        Write("* mail disk: page person=fir; close code=9", Learnt[1], Learnt[2]);
        await using var edge = await StartAsync();

        var changed = await AskAsync(edge, Disk);
        var same = await AskAsync(edge, Login);

        changed.Model.ShouldBe("tiny");
        same.Model.ShouldStartWith("tiny:nightly@");
        changed.Prompt.ShouldBeGreaterThan(same.Prompt + 20);
        var read = await AskAsync(
            edge,
            Disk,
            system: string.Join('\n', "# Desk", "", "* mail disk: page person=fir; close code=9"),
            model: "tiny"
        );
        changed.Text.ShouldBe(read.Text);
        changed.Prompt.ShouldBe(read.Prompt);
        (await edge.Http.GetStringAsync("/metrics")).ShouldContain("by=\"document\"");
    }

    [Test]
    public async Task a_document_that_changes_meanwhile_is_followed_and_a_broken_one_is_not()
    {
        Write([.. Learnt]);
        await using var edge = await StartAsync();
        (await AskAsync(edge, Login)).Model.ShouldStartWith("tiny:nightly@");

        Write(Learnt[0], "* seats login: reroute link=yew; close code=8", Learnt[2]);
        (await AskAsync(edge, Login)).Model.ShouldBe("tiny");

        File.WriteAllText(_bench["handbook.md"], "");
        (await AskAsync(edge, Login)).Model.ShouldBe("tiny");
        _told.ShouldContain(t => t.Contains("the one before stays"));
    }

    [Test]
    public async Task a_new_entry_and_the_second_turn_of_a_conversation_are_served_alike()
    {
        Write(Learnt[0], Learnt[1], Learnt[2], "* seats printer: rotate key=bay; close code=7");
        await using var edge = await StartAsync();

        (await AskAsync(edge, "the printer at seats jams")).Model.ShouldBe("tiny");
        (await AskAsync(edge, "the printer at seats jams", then: Disk)).Model.ShouldBe("tiny");
        (await AskAsync(edge, Disk)).Model.ShouldStartWith("tiny:nightly@");
    }

    [Test]
    public async Task a_system_message_of_its_own_stays_before_the_document()
    {
        Write("* mail disk: page person=fir; close code=9", Learnt[1], Learnt[2]);
        await using var edge = await StartAsync();

        var own = await AskAsync(edge, Disk, system: "Answer in one line.");
        var read = await AskAsync(
            edge,
            Disk,
            system: "Answer in one line.\n# Desk\n\n* mail disk: page person=fir; close code=9",
            model: "tiny"
        );

        own.Text.ShouldBe(read.Text);
        own.Prompt.ShouldBe(read.Prompt);
    }

    [Test]
    public async Task a_release_that_tells_of_no_document_is_left_alone()
    {
        _bench.Publish(seed: 2);
        _bench.Pull();
        Write("* mail disk: page person=fir; close code=9");
        await using var edge = await StartAsync();

        (await AskAsync(edge, Disk)).Model.ShouldStartWith("tiny:nightly@");
    }

    [TestCase(null, "missing")]
    [TestCase("no list and no heading", "no entries")]
    public void a_document_that_is_none_is_refused_at_the_start(string? text, string reason)
    {
        if (text is not null)
        {
            File.WriteAllText(_bench["handbook.md"], text);
        }

        using var host = _bench.Open();
        var refused = Should.Throw<BadInputException>(() => EdgeWebServer.Build(Options(), host));

        refused.Message.ShouldContain(reason);
        refused.Place.File.ShouldBe(_bench["handbook.md"]);
    }

    [Test]
    public void a_context_that_was_changed_on_the_device_is_refused()
    {
        var release = _bench.Store.Read().Adapters["nightly"].Current!;
        var path = Path.Combine(_bench.Store.Home, "releases", release, "context.json");
        File.ReadAllText(path).ShouldContain("mail disk");
        File.WriteAllText(path, File.ReadAllText(path).Replace("oak", "elm", StringComparison.Ordinal));

        Should.Throw<BadInputException>(() => _bench.Store.Verify("nightly")).Place.File.ShouldEndWith("context.json");
    }

    private void Write(params string[] entries) =>
        File.WriteAllText(_bench["handbook.md"], string.Join('\n', entries.Prepend("").Prepend("# Desk")));

    private EdgeServerOptions Options() => new() { DocumentPath = _bench["handbook.md"], Tell = _told.Add };

    private Task<RunningEdge> StartAsync() => RunningEdge.StartAsync(_bench.Open(), Options());

    private static async Task<(string Model, string Text, int Prompt)> AskAsync(
        RunningEdge edge,
        string request,
        string system = Line,
        string? model = null,
        string? then = null
    )
    {
        List<object> messages = [new { role = "system", content = system }, new { role = "user", content = request }];
        if (then is not null)
        {
            messages.Add(new { role = "assistant", content = "done" });
            messages.Add(new { role = "user", content = then });
        }

        using var answer = await edge.Http.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                model = model ?? "tiny:nightly@stable",
                messages,
                max_tokens = 8,
                temperature = 0,
            }
        );
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (
            answer.Headers.GetValues(ChatEndpoint.ModelHeader).Single(),
            json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!,
            json.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()
        );
    }
}
