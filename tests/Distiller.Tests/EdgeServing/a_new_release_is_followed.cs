using Distiller.Registry;
using Microsoft.Extensions.AI;

namespace Distiller.Tests.EdgeServing;

internal sealed class a_new_release_is_followed
{
    private EdgeBench _bench;

    [SetUp]
    public void Begin() => _bench = new EdgeBench();

    [TearDown]
    public void End() => _bench.Dispose();

    [Test]
    public async Task while_answers_under_way_end_on_the_old_one()
    {
        var one = _bench.Publish(1);
        _bench.Pull();
        await using var edge = await RunningEdge.StartAsync(_bench.Open());
        using var client = edge.Host.CreateChatClient("tiny:nightly@stable");
        var options = new ChatOptions
        {
            MaxOutputTokens = 200,
            Temperature = 1,
            Seed = 5,
        };
        var expected = (await client.GetResponseAsync("begin", options)).Text;
        await using var running = client.GetStreamingResponseAsync("begin", options).GetAsyncEnumerator();
        await running.MoveNextAsync();
        var text = running.Current.Text;

        var two = _bench.Publish(2);
        _bench.Pull();
        await WaitForAsync(() => edge.Host.Models().Any(m => m.Id == "tiny:nightly@stable" && m.Release == two.Id));
        var after = (await client.GetResponseAsync("begin", options)).Text;
        while (await running.MoveNextAsync())
        {
            text += running.Current.Text;
        }

        text.ShouldBe(expected);
        after.ShouldNotBe(expected);
        edge.Host.Models().ShouldContain(m => m.Release == one.Id);
    }

    [Test]
    public async Task a_release_whose_canary_is_silent_is_not_used()
    {
        var one = _bench.Publish(1);
        one.Canary.ShouldNotBeNull();
        _bench.Pull();
        var wrong = new ReleaseCanary(one.Canary!.Prompt, [.. one.Canary.Tokens.Select(t => t == 5 ? 6 : 5)]);
        _bench.Publish(2, change: d => d with { Canary = wrong });
        _bench.Pull();
        var told = new List<string>();

        using var host = _bench.Open(tell: told.Add);
        using var client = host.CreateChatClient("tiny:nightly@stable");

        told.ShouldContain(t => t.Contains("canary"));
        host.Models().Single(m => m.Id == "tiny:nightly@stable").Release.ShouldBe(one.Id);
        (await client.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 2 })).ModelId.ShouldBe(
            "tiny:nightly@stable"
        );
    }

    [Test]
    public void an_adapter_of_another_base_is_not_used_and_the_base_answers_alone()
    {
        _bench.Publish();
        _bench.Pull();
        var told = new List<string>();
        var other = (EdgeBench.Base with { Seed = 2 }).Write(_bench["other.gguf"]);
        using var host = Distiller.Edge.Serving.EdgeHost.Open(
            new Distiller.Edge.Serving.EdgeHostOptions
            {
                BasePath = other,
                Home = _bench.Store.Home,
                Tell = told.Add,
            }
        );

        told.ShouldContain(t => t.Contains("made for the base"));
        host.Models().Select(m => m.Id).ShouldBe(["tiny"]);
    }

    [Test]
    public async Task a_server_that_is_stopped_lets_answers_end()
    {
        await using var edge = await RunningEdge.StartAsync(
            _bench.Open(new Distiller.Edge.Serving.EngineOptions { ContextTokens = 2048, Slots = 1 })
        );
        // Longer than its schema lets it end.
        const string schema = """{"type":"array","minItems":50,"items":{"type":"string","minLength":100}}""";
        var asked = edge.Client()
            .GetChatClient("tiny")
            .CompleteChatAsync(
                [new OpenAI.Chat.UserChatMessage("go")],
                new OpenAI.Chat.ChatCompletionOptions
                {
                    MaxOutputTokenCount = 1500,
                    ResponseFormat = OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
                        "long",
                        BinaryData.FromString(schema)
                    ),
                }
            );
        while (!(await edge.Http.GetStringAsync("/metrics")).Contains("distiller_edge_requests_active{} 1"))
        {
            asked.IsCompleted.ShouldBeFalse();
        }

        await edge.StopAsync();

        (await asked).Value.Usage.OutputTokenCount.ShouldBe(1500);
    }

    private static async Task WaitForAsync(Func<bool> holds)
    {
        for (var i = 0; i < 200 && !holds(); i++)
        {
            await Task.Delay(50);
        }

        holds().ShouldBeTrue();
    }
}
