using System.Diagnostics;
using System.Globalization;
using Distiller.Edge;
using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Benchmarks;

/// <summary>
/// The engine against a plain loop over one context (one conversation after the other, the most likely token of each step),
/// for several clients at a time, with and without guesses from the prompt. Rounds alternate, and the best of each counts:
/// other work on the machine only ever adds.
/// </summary>
internal static class EdgeServing
{
    private const int Rounds = 5;
    private const int OutputTokens = 48;
    private const int ContextTokens = 1024;
    private static readonly int[] s_clients = [1, 4, 8];

    public static async Task<int> RunAsync(string basePath)
    {
        Console.WriteLine(
            $"{Path.GetFileName(basePath)}, {EdgeRuntime.Describe()}, 1 thread, {OutputTokens} tokens an answer\n"
        );
        Console.WriteLine(
            "| | clients | tokens/s | processor ms a token | first token, ms, median | same answers as the plain loop |"
        );
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var clients in s_clients)
        {
            var prompts = Enumerable.Range(0, clients).Select(Prompt).ToList();
            var (plain, engine, guessing) = (new Best(), new Best(), new Best());
            IReadOnlyList<string> expected = [];
            for (var round = 0; round < Rounds; round++)
            {
                expected = plain.Take(Plain(basePath, prompts));
                engine.Take(await EngineAsync(basePath, prompts, draftTokens: 0));
                guessing.Take(await EngineAsync(basePath, prompts, draftTokens: 4));
            }

            plain.Print("plain loop", clients, expected);
            engine.Print("engine", clients, expected);
            guessing.Print("engine, guessing", clients, expected);
        }

        return 0;
    }

    /// <summary>Text that an answer may repeat, as tool calls repeat what a ticket says.</summary>
    private static string Prompt(int client) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Ticket {client}: host web-{client * 7}.example is down since {client + 3} o'clock. "
        )
        + string.Join(' ', Enumerable.Range(0, 12).Select(i => $"Step {i}: look at host web-{client * 7}.example."))
        + " Repeat the steps.";

    private static Measured Plain(string basePath, List<string> prompts)
    {
        using var model = EdgeModel.Load(basePath, new EdgeModelOptions { Threads = 1 });
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = ContextTokens });
        var answers = new List<string>();
        var firsts = new List<double>();
        var count = 0;
        var clock = new Clock();
        foreach (var prompt in prompts)
        {
            session.Reset();
            session.Prefill(model.Tokenizer.TokenizePrompt([new Core.ChatMessage("user", prompt)]));
            var written = new List<int>(session.GenerateGreedy(1));
            firsts.Add(clock.Milliseconds);
            if (written.Count > 0)
            {
                session.Feed([written[0]]);
                written.AddRange(session.GenerateGreedy(OutputTokens - 1));
            }

            count += written.Count;
            answers.Add(model.Tokenizer.Detokenize([.. written], special: true));
        }

        return new Measured(clock.Milliseconds, clock.ProcessorMilliseconds, count, firsts, answers);
    }

    private static async Task<Measured> EngineAsync(string basePath, List<string> prompts, int draftTokens)
    {
        using var host = EdgeHost.Open(
            new EdgeHostOptions
            {
                BasePath = basePath,
                Threads = 1,
                Engine = new EngineOptions
                {
                    ContextTokens = ContextTokens,
                    Slots = 8,
                    DraftTokens = draftTokens,
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
        private IReadOnlyList<string> _answers = [];

        public IReadOnlyList<string> Take(Measured measured)
        {
            _rate = Math.Max(_rate, 1000 * measured.Tokens / measured.Milliseconds);
            _processor = Math.Min(_processor, measured.ProcessorMilliseconds / measured.Tokens);
            _first = Math.Min(_first, measured.Firsts.Order().ElementAt(measured.Firsts.Count / 2));
            return _answers = measured.Answers;
        }

        public void Print(string what, int clients, IReadOnlyList<string> expected) =>
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {what} | {clients} | {_rate:F0} | {_processor:F2} | {_first:F0} | {_answers.Zip(expected).Count(p => p.First == p.Second)} of {clients} |"
                )
            );
    }
}
