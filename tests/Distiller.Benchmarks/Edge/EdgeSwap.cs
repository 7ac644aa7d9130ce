using System.Diagnostics;
using System.Globalization;
using Distiller.Edge;
using Distiller.Edge.Releases;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// What a new release costs those who are being answered: the time between the tokens of an answer under way while the home
/// goes from one release to the other, and the first token of the first request after it, against the same without.
/// </summary>
internal static class EdgeSwap
{
    private const int Swaps = 40;
    private const int Rank = 32;
    private const int ContextTokens = 1024;

    public static async Task<int> RunAsync(string basePath)
    {
        var adapters = new[] { 1, 2 }.Select(seed =>
            BenchHome.WriteRandomAdapter(basePath, Path.GetTempFileName(), Rank, seed)
        );
        using var home = new BenchHome(basePath);
        var ids = adapters.Select(path => home.Take("nightly", path).Id).ToArray();
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Home = home.Store.Home,
                Threads = 1,
                Engine = new EngineOptions
                {
                    ContextTokens = ContextTokens,
                    DraftTokens = 0,
                    FrozenMegabytes = 0,
                },
            }
        );
        using var client = host.CreateChatClient();
        var (steady, swapping) = (new List<double>(), new List<double>());
        var (firstSame, firstNew) = (new List<double>(), new List<double>());
        await FirstAsync(client, "warm up");
        for (var i = 0; i < Swaps; i++)
        {
            // Whole answers, one without and one with a swap in its middle, in turn.
            steady.AddRange(await GapsAsync(client, $"tell me a story, number {i}", () => { }));
            firstSame.Add(await FirstAsync(client, $"the next question, number {i}"));
            swapping.AddRange(
                await GapsAsync(
                    client,
                    $"tell me another story, number {i}",
                    () =>
                    {
                        home.Store.Use("nightly", ids[i % 2], new HashSet<Allowance> { Allowance.Older });
                        host.Refresh();
                    }
                )
            );
            firstNew.Add(await FirstAsync(client, $"the first question, number {i}"));
        }

        Console.WriteLine(
            $"{Path.GetFileName(basePath)}, {EdgeRuntime.Describe()}, 1 thread, {Swaps} swaps, rank {Rank}\n"
        );
        Console.WriteLine("| ms | median | 99 % | most |");
        Console.WriteLine("|---|---|---|---|");
        Print("between two tokens, no swap", steady);
        Print("between two tokens, the release is swapped meanwhile", swapping);
        Print("first token, release unchanged", firstSame);
        Print("first token after a swap", firstNew);
        return 0;
    }

    /// <param name="middle">Done beside the answer, once its tenth piece is there.</param>
    private static async Task<List<double>> GapsAsync(IChatClient client, string prompt, Action middle)
    {
        var gaps = new List<double>();
        var at = 0L;
        Task? beside = null;
        await foreach (
            var update in client.GetStreamingResponseAsync(
                prompt,
                new ChatOptions
                {
                    MaxOutputTokens = 64,
                    Temperature = 1,
                    Seed = 3,
                }
            )
        )
        {
            var now = Stopwatch.GetTimestamp();
            if (at > 0)
            {
                gaps.Add(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
            }

            at = now;
            if (gaps.Count == 10)
            {
                beside = Task.Run(middle);
            }
        }

        await (beside ?? Task.Run(middle));
        return gaps;
    }

    private static async Task<double> FirstAsync(IChatClient client, string prompt)
    {
        var since = Stopwatch.GetTimestamp();
        await client.GetResponseAsync(prompt, new ChatOptions { MaxOutputTokens = 1 });
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    private static void Print(string what, List<double> values)
    {
        values.Sort();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {values[values.Count / 2]:F1} | {values[(int)(values.Count * 0.99)]:F1} | {values[^1]:F1} |"
            )
        );
    }
}
