using System.Diagnostics;
using System.Globalization;
using Distiller.Edge;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// The engine against a plain loop over LLamaSharp, for several clients at a time, with and without an adapter, and with
/// guesses from the prompt. Rounds alternate, and the best of each counts: other work on the machine only ever adds.
/// </summary>
internal static class EdgeServing
{
    private const int Rounds = 3;
    private const int OutputTokens = 48;
    private const int ContextTokens = 1024;
    private const int Rank = 32;
    private const int Compared = 24;
    private static readonly int[] s_clients = [1, 4, 8];

    /// <param name="isCompared">Whether only answers are compared, and no speed.</param>
    public static async Task<int> RunAsync(string basePath, bool isCompared)
    {
        var adapter = BenchHome.WriteRandomAdapter(basePath, Path.GetTempFileName(), Rank, seed: 1);
        using var home = new BenchHome(basePath);
        home.Take("one", adapter);
        Console.WriteLine(
            $"{Path.GetFileName(basePath)}, {EdgeRuntime.Describe()}, 1 thread, {OutputTokens} tokens an answer\n"
        );
        Console.WriteLine(
            "| | adapter | clients | tokens/s | of the plain loop's | processor ms a token | first token, ms: median, last |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var path in isCompared ? [] : new[] { null, adapter })
        {
            foreach (var clients in s_clients)
            {
                var prompts = Enumerable.Range(0, clients).Select(Prompt).ToList();
                var (plain, engine, guessing) = (new Best(), new Best(), new Best());
                for (var round = 0; round < Rounds; round++)
                {
                    plain.Take(Plain(basePath, path, prompts));
                    engine.Take(await EngineAsync(basePath, path is null ? null : home, prompts, draftTokens: 0));
                    guessing.Take(await EngineAsync(basePath, path is null ? null : home, prompts, draftTokens: 4));
                }

                var kind = path is null ? "none" : $"INT4, rank {Rank}";
                plain.Print("plain loop", kind, clients, plain);
                engine.Print("engine", kind, clients, plain);
                guessing.Print("engine, guessing", kind, clients, plain);
            }
        }

        await CompareAsync(basePath, adapter, home);
        File.Delete(adapter);
        return 0;
    }

    /// <summary>
    /// In exact arithmetic, and so without a tie that a batch's rounding may tip: greedy answers of the engine, with and
    /// without guesses, against those of a session alone.
    /// </summary>
    private static async Task CompareAsync(string basePath, string adapterPath, BenchHome home)
    {
        var prompts = Enumerable.Range(0, Compared).Select(Prompt).ToList();
        var expected = new List<string>();
        using (var model = EdgeModel.Load(basePath, new EdgeModelOptions { Threads = 1 }))
        using (var adapter = model.LoadAdapter(adapterPath))
        using (var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = ContextTokens, Exact = true }))
        {
            session.Attach(adapter);
            foreach (var prompt in prompts)
            {
                session.Reset();
                session.Prefill(model.Tokenizer.TokenizePrompt([new Core.ChatMessage("user", prompt)]));
                expected.Add(model.Tokenizer.Detokenize(session.GenerateGreedy(OutputTokens), special: true));
            }
        }

        Console.WriteLine($"\n| exact, {Compared} prompts | guessed tokens | answers as a session alone gives them |");
        Console.WriteLine("|---|---|---|");
        foreach (var draft in new[] { 0, 4 })
        {
            var together = (await EngineAsync(basePath, home, prompts, draft, isExact: true)).Answers;
            var alone = new List<string>();
            foreach (var prompt in prompts)
            {
                alone.AddRange((await EngineAsync(basePath, home, [prompt], draft, isExact: true)).Answers);
            }

            Console.WriteLine($"| one after the other | {draft} | {Equal(alone)} |");
            Console.WriteLine($"| eight at a time | {draft} | {Equal(together)} |");
        }

        int Equal(IEnumerable<string> answers) => answers.Zip(expected).Count(p => p.First == p.Second);
    }

    /// <summary>Text that an answer may repeat, as tool calls repeat what a ticket says.</summary>
    private static string Prompt(int client) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Ticket {client}: host web-{client * 7}.example is down since {client + 3} o'clock. "
        )
        + string.Join(' ', Enumerable.Range(0, 12).Select(i => $"Step {i}: look at host web-{client * 7}.example."))
        + " Repeat the steps.";

    private static Measured Plain(string basePath, string? adapterPath, List<string> prompts)
    {
        using var model = EdgeModel.Load(basePath, new EdgeModelOptions { VocabularyOnly = true });
        using var loop = new PlainLoop(basePath, adapterPath, ContextTokens, model.Tokenizer.IsEndOfGeneration);
        var answers = new List<string>();
        var firsts = new List<double>();
        var count = 0;
        loop.Answer([1, 2, 3], 1, () => { });
        var clock = new Clock();
        foreach (var prompt in prompts)
        {
            var tokens = model.Tokenizer.TokenizePrompt([new Core.ChatMessage("user", prompt)]);
            var written = loop.Answer(tokens, OutputTokens, () => firsts.Add(clock.Milliseconds));
            count += written.Count;
            answers.Add(model.Tokenizer.Detokenize([.. written], special: true));
        }

        return new Measured(clock.Milliseconds, clock.ProcessorMilliseconds, count, firsts, answers);
    }

    private static async Task<Measured> EngineAsync(
        string basePath,
        BenchHome? home,
        List<string> prompts,
        int draftTokens,
        bool isExact = false
    )
    {
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Home = home?.Store.Home,
                Threads = 1,
                Engine = new EngineOptions
                {
                    ContextTokens = ContextTokens,
                    Slots = 8,
                    DraftTokens = draftTokens,
                    FrozenMegabytes = 0,
                    Exact = isExact,
                },
            }
        );
        using var client = host.CreateChatClient();
        // The context is made, and the machine measured, with the first request.
        await client.GetResponseAsync("hello", new ChatOptions { MaxOutputTokens = 1 });
        var clock = new Clock();
        var firsts = new double[prompts.Count];
        var counts = new long[prompts.Count];
        var answers = await Task.WhenAll(
            prompts.Select(
                async (prompt, i) =>
                {
                    var text = "";
                    var options = new ChatOptions { MaxOutputTokens = OutputTokens };
                    await foreach (var update in client.GetStreamingResponseAsync(prompt, options))
                    {
                        firsts[i] = firsts[i] > 0 ? firsts[i] : clock.Milliseconds;
                        text += update.Text;
                        counts[i] =
                            update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details.OutputTokenCount
                            ?? counts[i];
                    }

                    return text;
                }
            )
        );
        return new Measured(clock.Milliseconds, clock.ProcessorMilliseconds, counts.Sum(), firsts, answers);
    }

    private sealed class Clock
    {
        private readonly long _since = Stopwatch.GetTimestamp();
        private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;

        public double Milliseconds => Stopwatch.GetElapsedTime(_since).TotalMilliseconds;

        public double ProcessorMilliseconds => (Environment.CpuUsage.TotalTime - _processor).TotalMilliseconds;
    }

    private sealed record Measured(
        double Milliseconds,
        double ProcessorMilliseconds,
        long Tokens,
        IReadOnlyList<double> Firsts,
        IReadOnlyList<string> Answers
    );

    private sealed class Best
    {
        private double _rate;
        private double _processor = double.MaxValue;
        private double _first = double.MaxValue;
        private double _last = double.MaxValue;

        public void Take(Measured measured)
        {
            _rate = Math.Max(_rate, 1000 * measured.Tokens / measured.Milliseconds);
            _processor = Math.Min(_processor, measured.ProcessorMilliseconds / measured.Tokens);
            _first = Math.Min(_first, measured.Firsts.Order().ElementAt(measured.Firsts.Count / 2));
            _last = Math.Min(_last, measured.Firsts.Max());
        }

        public void Print(string what, string adapter, int clients, Best plain) =>
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {what} | {adapter} | {clients} | {_rate:F0} | {_rate / plain._rate:F2} | {_processor:F2} | {_first:F0}, {_last:F0} |"
                )
            );
    }
}
