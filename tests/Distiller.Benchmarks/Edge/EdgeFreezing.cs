using System.Diagnostics;
using System.Globalization;
using Distiller.Edge;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// Going on with a conversation through the engine by its length: its cache in memory, read back from the disk after a
/// restart, and computed again where nothing was frozen. The least of several rounds counts.
/// </summary>
internal static class EdgeFreezing
{
    private const int Rounds = 3;
    private static readonly int[] s_words = [15, 60, 250, 480];

    public static async Task<int> RunAsync(string basePath)
    {
        Console.WriteLine($"{Path.GetFileName(basePath)}, {EdgeRuntime.Describe()}, 1 thread\n");
        Console.WriteLine(
            "| tokens | in memory, ms | read back after a restart, ms | computed again, ms | again / read back | file, MB |"
        );
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var words in s_words)
        {
            var (memory, back, again, tokens, bytes) = (double.MaxValue, double.MaxValue, double.MaxValue, 0L, 0L);
            for (var round = 0; round < Rounds; round++)
            {
                var folder = Directory.CreateTempSubdirectory("distiller-frozen-").FullName;
                var prompt = string.Join(' ', Enumerable.Range(0, words).Select(i => $"w{(i * 7919) + round}"));
                List<ChatMessage> before = [new(ChatRole.User, prompt)];
                using (var host = Open(basePath, folder, 4096))
                {
                    var (_, first, count) = await AskAsync(host, before);
                    tokens = count;
                    before.Add(new(ChatRole.Assistant, first));
                    before.Add(new(ChatRole.User, "and then?"));
                    memory = Math.Min(memory, (await AskAsync(host, before)).Milliseconds);
                    // Another question than the one just asked, of whose answer the cache would have all but the last token.
                    before[^1] = new(ChatRole.User, "and now?");
                }

                bytes = Directory
                    .GetFiles(folder, "*.state", SearchOption.AllDirectories)
                    .Sum(f => new FileInfo(f).Length);
                using (var host = Open(basePath, folder, 4096))
                {
                    await WarmAsync(host);
                    back = Math.Min(back, (await AskAsync(host, before)).Milliseconds);
                }

                using (var host = Open(basePath, folder, 0))
                {
                    await WarmAsync(host);
                    again = Math.Min(again, (await AskAsync(host, before)).Milliseconds);
                }

                Directory.Delete(folder, recursive: true);
            }

            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {tokens} | {memory:F0} | {back:F0} | {again:F0} | {again / back:F1} | {bytes / 1048576.0:F1} |"
                )
            );
        }

        return 0;
    }

    private static EdgeHost Open(string basePath, string home, int frozenMegabytes) =>
        EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Home = home,
                Threads = 1,
                Engine = new EngineOptions { DraftTokens = 0, FrozenMegabytes = frozenMegabytes },
            }
        );

    /// <summary>Makes the context, which is not what is measured.</summary>
    private static Task<(double, string, long)> WarmAsync(EdgeHost host) =>
        AskAsync(host, [new(ChatRole.User, "hello")]);

    private static async Task<(double Milliseconds, string Text, long Tokens)> AskAsync(
        EdgeHost host,
        List<ChatMessage> messages
    )
    {
        using var client = host.CreateChatClient();
        var since = Stopwatch.GetTimestamp();
        var answer = await client.GetResponseAsync(messages, new ChatOptions { MaxOutputTokens = 1 });
        return (Stopwatch.GetElapsedTime(since).TotalMilliseconds, answer.Text, answer.Usage!.InputTokenCount!.Value);
    }
}
