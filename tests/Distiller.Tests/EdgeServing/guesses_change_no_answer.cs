using System.Diagnostics.Metrics;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Tests.EdgeServing;

internal sealed class guesses_change_no_answer
{
    private EdgeBench _bench;

    [OneTimeSetUp]
    public void Begin()
    {
        _bench = new EdgeBench();
        _bench.Publish();
        _bench.Pull();
    }

    [OneTimeTearDown]
    public void End() => _bench.Dispose();

    /// <summary>Of the most likely token, of a draw, and under a grammar; one after the other, and several at once.</summary>
    [Test]
    public async Task an_answer_is_what_it_is_without_them()
    {
        var plain = await AnswersAsync(draftTokens: 0);
        var (right, wrong) = (0L, 0L);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "distiller.edge.guessed_tokens")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                _ = tags[0].Value is "yes" ? Interlocked.Add(ref right, value) : Interlocked.Add(ref wrong, value);
            }
        );
        listener.Start();

        var guessed = await AnswersAsync(draftTokens: 4);

        guessed.ShouldBe(plain);
        // Otherwise nothing was shown.
        right.ShouldBeGreaterThan(0);
        wrong.ShouldBeGreaterThan(0);
    }

    [TestCase(new[] { 1, 2, 3, 9, 1, 2, 3 }, 2, new[] { 9, 1 })]
    [TestCase(new[] { 7, 1, 2, 5, 3, 1, 2 }, 4, new[] { 5, 3, 1, 2 })]
    [TestCase(new[] { 1, 2, 8, 1, 2, 9, 1, 2 }, 1, new[] { 9 }, Description = "the last occurrence")]
    [TestCase(new[] { 4, 4, 4 }, 4, new[] { 4 })]
    [TestCase(new[] { 1, 2, 3 }, 4, new int[0])]
    [TestCase(new[] { 1 }, 4, new int[0])]
    [TestCase(new int[0], 4, new int[0])]
    [TestCase(new[] { 1, 2, 1, 2 }, 0, new int[0])]
    public void what_followed_the_last_tokens_is_guessed(int[] tokens, int most, int[] guess) =>
        PromptLookup.Guess(tokens, most).ToArray().ShouldBe(guess);

    [Test]
    public void where_it_does_not_pay_it_stops_and_tries_again_now_and_then()
    {
        var gauge = new DraftGauge(4);
        gauge.Next().ShouldBe(0, "nothing was measured");
        gauge.Ratio = 2.5;
        gauge.Next().ShouldBe(4);
        for (var i = 0; i < 60; i++)
        {
            gauge.Learn(4, 0);
        }

        Enumerable.Range(0, 640).Count(_ => gauge.Next() > 0).ShouldBe(10);
        for (var i = 0; i < 60; i++)
        {
            gauge.Learn(2, 2);
        }

        gauge.Next().ShouldBe(4);
        // Guesses that are all right cannot pay where five tokens take as long as five times one.
        gauge.Ratio = 5.5;
        Enumerable.Range(0, 64).Count(_ => gauge.Next() > 0).ShouldBe(1);
    }

    private async Task<List<string>> AnswersAsync(int draftTokens)
    {
        // A clock that stands still measures that guessing costs nothing: it is tried whenever there is a guess.
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = _bench.BasePath,
                Home = _bench.Store.Home,
                Threads = 1,
                Time = new FakeTimeProvider(),
                Engine = new EngineOptions
                {
                    ContextTokens = 256,
                    Slots = 3,
                    Exact = true,
                    FrozenMegabytes = 0,
                    DraftTokens = draftTokens,
                },
            }
        );
        using var client = host.CreateChatClient();
        ChatOptions[] kinds =
        [
            new() { MaxOutputTokens = 48 },
            new()
            {
                MaxOutputTokens = 48,
                Temperature = 0.6f,
                Seed = 5,
            },
            new() { MaxOutputTokens = 64, ResponseFormat = ChatResponseFormat.Json },
            new() { MaxOutputTokens = 300 },
        ];
        var answers = new List<string>();
        foreach (var options in kinds)
        {
            answers.Add((await client.GetResponseAsync("say it again and again", options)).Text);
        }

        var together = await Task.WhenAll(
            kinds.Take(3).Select((o, i) => client.GetResponseAsync($"say it {i} times {i} times", o))
        );
        return [.. answers, .. together.Select(t => t.Text)];
    }
}
