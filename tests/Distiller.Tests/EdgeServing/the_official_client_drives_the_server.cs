using System.ClientModel;
using System.Text.Json;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatFinishReason = OpenAI.Chat.ChatFinishReason;
using OpenAiMessage = OpenAI.Chat.ChatMessage;

namespace Distiller.Tests.EdgeServing;

internal sealed class the_official_client_drives_the_server
{
    private const string Schema =
        """{"type":"object","properties":{"ok":{"type":"boolean"},"mood":{"enum":["good","bad"]}},"required":["ok","mood"],"additionalProperties":false}""";

    private EdgeBench _bench;
    private RunningEdge _edge;
    private string _release;

    [OneTimeSetUp]
    public async Task Begin()
    {
        _bench = new EdgeBench();
        _release = _bench.Publish().Id;
        _bench.Pull();
        _edge = await RunningEdge.StartAsync(_bench.Open(new EngineOptions { ContextTokens = 1024 }));
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _edge.DisposeAsync();
        _bench.Dispose();
    }

    [Test]
    public async Task models_are_named_by_base_adapter_and_version()
    {
        var models = (await _edge.Client().GetOpenAIModelClient().GetModelsAsync()).Value.Select(m => m.Id);

        models.ShouldBe(["tiny", "tiny:nightly@stable", $"tiny:nightly@{_release}"], ignoreOrder: true);
    }

    [Test]
    public async Task a_chat_is_answered_with_its_usage()
    {
        var client = _edge.Client().GetChatClient("tiny:nightly@stable");
        OpenAiMessage[] messages = [new SystemChatMessage("be brief"), new UserChatMessage("hello")];
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 12 };

        await client.CompleteChatAsync(messages, options);
        var answer = (await client.CompleteChatAsync(messages, options)).Value;

        answer.Model.ShouldBe("tiny:nightly@stable");
        answer.Usage.OutputTokenCount.ShouldBeInRange(1, 12);
        answer.Usage.InputTokenCount.ShouldBeGreaterThan(5);
        answer.Usage.InputTokenDetails.CachedTokenCount.ShouldBe(answer.Usage.InputTokenCount - 1);
        answer.Content[0].Text.ShouldNotBeEmpty();
    }

    [Test]
    public async Task a_stream_says_what_the_whole_answer_says()
    {
        var client = _edge.Client().GetChatClient($"tiny:nightly@{_release}");
        var options = new ChatCompletionOptions
        {
            MaxOutputTokenCount = 20,
            Temperature = 1,
            Seed = 3,
        };
        var whole = (await client.CompleteChatAsync([new UserChatMessage("tell me")], options)).Value.Content[0].Text;
        var pieces = new List<string>();
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("tell me")], options))
        {
            pieces.AddRange(update.ContentUpdate.Select(c => c.Text));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        string.Concat(pieces).ShouldBe(whole);
        pieces.Count(p => p.Length > 0).ShouldBeGreaterThan(3);
        finish.ShouldBe(ChatFinishReason.Length);
        usage!.OutputTokenCount.ShouldBe(20);
    }

    [Test]
    public async Task structured_output_follows_its_schema()
    {
        var client = _edge.Client().GetChatClient("tiny");
        var answer = await client.CompleteChatAsync(
            [new UserChatMessage("how is it?")],
            new ChatCompletionOptions
            {
                ResponseFormat = OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
                    "mood",
                    BinaryData.FromString(Schema),
                    null,
                    true
                ),
                Temperature = 1,
                Seed = 1,
            }
        );

        using var document = JsonDocument.Parse(answer.Value.Content[0].Text);
        global::Json.Schema.JsonSchema.FromText(Schema).Evaluate(document.RootElement).IsValid.ShouldBeTrue();
        answer.Value.FinishReason.ShouldBe(ChatFinishReason.Stop);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task a_required_tool_is_called(bool isStream)
    {
        var tool = ChatTool.CreateFunctionTool(
            "pick",
            "picks one",
            BinaryData.FromString(
                """{"type":"object","properties":{"which":{"enum":["a","b"]}},"required":["which"]}"""
            )
        );
        var options = new ChatCompletionOptions
        {
            Tools = { tool },
            ToolChoice = ChatToolChoice.CreateRequiredChoice(),
            AllowParallelToolCalls = false,
        };
        var client = _edge.Client().GetChatClient("tiny:nightly@stable");
        string name = "",
            arguments = "";
        ChatFinishReason? finish = null;
        if (isStream)
        {
            await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("go")], options))
            {
                foreach (var call in update.ToolCallUpdates)
                {
                    name += call.FunctionName;
                    arguments += call.FunctionArgumentsUpdate;
                }

                finish = update.FinishReason ?? finish;
            }
        }
        else
        {
            var answer = (await client.CompleteChatAsync([new UserChatMessage("go")], options)).Value;
            (name, arguments, finish) = (
                answer.ToolCalls[0].FunctionName,
                answer.ToolCalls[0].FunctionArguments.ToString(),
                answer.FinishReason
            );
        }

        finish.ShouldBe(ChatFinishReason.ToolCalls);
        name.ShouldBe("pick");
        JsonDocument.Parse(arguments).RootElement.GetProperty("which").GetString().ShouldBeOneOf("a", "b");
    }

    [Test]
    public async Task the_agent_loop_of_the_framework_calls_functions_through_it()
    {
        var called = new List<string>();
        using var client = new ChatClientBuilder(_edge.Client().GetChatClient("tiny:nightly@stable").AsIChatClient())
            .UseFunctionInvocation(configure: c => c.MaximumIterationsPerRequest = 2)
            .Build();

        var response = await client.GetResponseAsync(
            [new AiMessage(ChatRole.User, "pick one")],
            new ChatOptions
            {
                Tools =
                [
                    AIFunctionFactory.Create(
                        (bool left) =>
                        {
                            called.Add($"{left}");
                            return "done";
                        },
                        "pick",
                        "picks one"
                    ),
                ],
                ToolMode = ChatToolMode.RequireAny,
                MaxOutputTokens = 256,
            }
        );

        called.ShouldNotBeEmpty();
        response.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().ShouldNotBeEmpty();
    }

    [Test]
    public async Task who_leaves_a_stream_is_answered_no_further()
    {
        var client = _edge.Client().GetChatClient("tiny");
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 900 };
        await foreach (var _ in client.CompleteChatStreamingAsync([new UserChatMessage("everything")], options))
        {
            break;
        }

        for (var i = 0; i < 100 && await GaugeAsync("distiller_edge_requests_active") > 0; i++)
        {
            await Task.Delay(20);
        }

        (await GaugeAsync("distiller_edge_requests_active")).ShouldBe(0);
    }

    [Test]
    public void errors_have_the_status_that_the_client_expects()
    {
        var client = _edge.Client();
        Status(() => client.GetChatClient("oak").CompleteChatAsync([new UserChatMessage("x")])).ShouldBe(404);
        Status(() => client.GetChatClient("tiny:nightly@0000").CompleteChatAsync([new UserChatMessage("x")]))
            .ShouldBe(404);
        Status(() => client.GetChatClient("tiny").CompleteChatAsync([new UserChatMessage(new string('x', 20_000))]))
            .ShouldBe(400);
        Status(() => client.GetEmbeddingClient("tiny").GenerateEmbeddingAsync("x")).ShouldBe(400);
    }

    private static int Status(Func<Task> request) =>
        Should.ThrowAsync<ClientResultException>(request).GetAwaiter().GetResult().Status;

    private async Task<double> GaugeAsync(string name)
    {
        var text = await _edge.Http.GetStringAsync("/metrics");
        var line = text.Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
