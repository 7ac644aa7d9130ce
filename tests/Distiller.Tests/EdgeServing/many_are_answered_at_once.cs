using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Tests.EdgeServing;

internal sealed class many_are_answered_at_once
{
    // The small base repeats itself where it is asked for the most likely token.
    private static readonly ChatOptions Short = new()
    {
        MaxOutputTokens = 24,
        Temperature = 1,
        Seed = 7,
    };

    // In half precision what else is in a batch may tip a draw.
    private static readonly EngineOptions Exact = new()
    {
        ContextTokens = 256,
        Slots = 3,
        FrozenMegabytes = 0,
        Exact = true,
    };

    private EdgeBench _bench;

    [SetUp]
    public void Begin() => _bench = new EdgeBench();

    [TearDown]
    public void End() => _bench.Dispose();

    [Test]
    public async Task and_each_gets_what_it_gets_alone()
    {
        var one = _bench.Publish(1);
        _bench.Pull();
        var two = _bench.Publish(2);
        _bench.Pull();
        using var host = _bench.Open(Exact);
        string[] models = ["tiny", $"tiny:nightly@{one.Id}", $"tiny:nightly@{two.Id}"];
        var alone = new Dictionary<string, string>();
        for (var i = 0; i < 9; i++)
        {
            alone[$"{i}"] = await Ask(host, models[i % 3], $"question {i}");
        }

        host.Dispose();
        using var again = _bench.Open(Exact);
        var together = await Task.WhenAll(
            Enumerable.Range(0, 9).Select(i => Ask(again, models[i % 3], $"question {i}"))
        );

        together.ShouldBe(alone.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Value));
        alone.Values.Distinct().Count().ShouldBeGreaterThan(6);
    }

    [Test]
    public async Task a_shared_prefix_is_computed_once()
    {
        using var host = _bench.Open();
        using var client = host.CreateChatClient();
        var system = new Microsoft.Extensions.AI.ChatMessage(
            ChatRole.System,
            string.Join(' ', Enumerable.Repeat("the rules of the house", 8))
        );

        var first = await client.GetResponseAsync([system, new(ChatRole.User, "one")], Short);
        var second = await client.GetResponseAsync([system, new(ChatRole.User, "two")], Short);

        first.Usage!.CachedInputTokenCount.ShouldBe(0);
        second.Usage!.CachedInputTokenCount!.Value.ShouldBeGreaterThan(second.Usage.InputTokenCount!.Value / 2);
    }

    [Test]
    public async Task more_adapters_than_memory_are_answered_in_turn()
    {
        var ids = new List<string>();
        for (var seed = 1; seed <= 3; seed++)
        {
            ids.Add(_bench.Publish(seed).Id);
            _bench.Pull();
        }

        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = _bench.BasePath,
                Home = _bench.Store.Home,
                Threads = 1,
                PinStable = false,
                // Room for one context at a time.
                Engine = new EngineOptions
                {
                    ContextTokens = 256,
                    Slots = 1,
                    MemoryMegabytes = 20,
                },
            }
        );

        var answers = await Task.WhenAll(ids.Concat(ids).Select(id => Ask(host, $"tiny:nightly@{id}", "who is it?")));

        answers.Take(3).ShouldBe(answers.Skip(3));
        answers.Take(3).Distinct().Count().ShouldBe(3);
    }

    [Test]
    public async Task too_many_are_refused_and_not_kept_waiting()
    {
        using var host = _bench.Open(
            new EngineOptions
            {
                ContextTokens = 512,
                Slots = 1,
                QueueMax = 2,
            }
        );
        using var client = host.CreateChatClient();
        var tasks = Enumerable
            .Range(0, 12)
            .Select(i => client.GetResponseAsync($"question {i}", new ChatOptions { MaxOutputTokens = 200 }))
            .ToList();

        var refused = 0;
        foreach (var task in tasks)
        {
            try
            {
                await task;
            }
            catch (EngineBusyException e)
            {
                e.IsStopping.ShouldBeFalse();
                refused++;
            }
        }

        refused.ShouldBeInRange(1, 10);
    }

    [Test]
    public async Task who_leaves_frees_the_place()
    {
        using var host = _bench.Open(new EngineOptions { ContextTokens = 4096, Slots = 1 });
        using var client = host.CreateChatClient();
        using var left = new CancellationTokenSource();
        var pieces = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var _ in client.GetStreamingResponseAsync(
                    "tell me everything",
                    new ChatOptions { MaxOutputTokens = 4000 },
                    left.Token
                )
            )
            {
                if (++pieces == 3)
                {
                    await left.CancelAsync();
                }
            }
        });

        (await client.GetResponseAsync("and now", Short).WaitAsync(TimeSpan.FromSeconds(10))).Text.ShouldNotBeEmpty();
    }

    [Test]
    public async Task an_answer_ends_when_its_time_is_up()
    {
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = _bench.BasePath,
                Threads = 1,
                Engine = new EngineOptions { Slots = 1, TimeMax = TimeSpan.FromSeconds(1) },
                Time = new HastyClock(),
            }
        );
        using var client = host.CreateChatClient();

        await Should.ThrowAsync<TimeoutException>(() => client.GetResponseAsync("a question", Short));
    }

    /// <summary>Each look at it finds a minute gone.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long _minutes;

        public override long GetTimestamp() => Interlocked.Increment(ref _minutes) * 60 * TimestampFrequency;
    }

    [Test]
    public async Task idle_sessions_survive_a_restart_and_the_answer_is_the_same()
    {
        var prompt = string.Join(' ', Enumerable.Repeat("a long conversation that went before", 12));
        string before;
        using (var host = _bench.Open())
        {
            before = await Ask(host, "tiny", prompt);
        }

        using var again = _bench.Open();
        using var client = again.CreateChatClient("tiny");
        var response = await client.GetResponseAsync(prompt, Short);

        response.Text.ShouldBe(before);
        before.ShouldNotBeEmpty();
        response.Usage!.CachedInputTokenCount.ShouldBe(response.Usage.InputTokenCount - 1);
    }

    [Test]
    public async Task a_frozen_session_of_another_adapter_is_not_taken()
    {
        var prompt = string.Join(' ', Enumerable.Repeat("a long conversation that went before", 12));
        using (var host = _bench.Open())
        {
            await Ask(host, "tiny", prompt);
        }

        _bench.Publish();
        _bench.Pull();
        using var again = _bench.Open();
        using var client = again.CreateChatClient("tiny:nightly@stable");

        (await client.GetResponseAsync(prompt, Short)).Usage!.CachedInputTokenCount.ShouldBe(0);
    }

    private static async Task<string> Ask(EdgeHost host, string model, string question)
    {
        using var client = host.CreateChatClient(model);
        return (await client.GetResponseAsync(question, Short)).Text;
    }
}
