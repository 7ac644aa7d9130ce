using System.Diagnostics;
using System.Globalization;
using Distiller.Edge;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// Processor time of prefill and decoding in the edge runtime. Of several rounds the fastest counts: other work on the
/// machine only ever adds.
/// </summary>
internal static class EdgeSpeed
{
    private const int PromptTokens = 512;
    private const int DecodedTokens = 64;
    private const int Rounds = 7;

    public static int Run(string modelPath, IReadOnlyList<string> adapterPaths)
    {
        using var model = EdgeModel.Load(modelPath, new EdgeModelOptions { Threads = 1 });
        Console.WriteLine("| adapter | prefill, tokens per processor second | decoding |");
        Console.WriteLine("|---|---|---|");
        foreach (var path in adapterPaths.Prepend(null))
        {
            using var adapter = path is null ? null : model.LoadAdapter(path);
            var (prefill, decode) = Measure(model, adapter);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {Path.GetFileName(path) ?? "none"} | {prefill:F0} | {decode:F1} |"
                )
            );
        }

        return 0;
    }

    /// <summary>Tokens per second of processor time.</summary>
    private static (double Prefill, double Decode) Measure(EdgeModel model, EdgeAdapter? adapter)
    {
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = PromptTokens + DecodedTokens });
        session.Attach(adapter);
        var prompt = Enumerable.Range(0, PromptTokens).Select(i => (100 + (i * 37)) % model.VocabularySize).ToArray();
        var (prefill, decode) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            session.Reset();
            prefill = Math.Min(prefill, Seconds(() => session.Feed(prompt)));
            decode = Math.Min(
                decode,
                Seconds(() =>
                {
                    for (var i = 0; i < DecodedTokens; i++)
                    {
                        session.Feed([prompt[i]]);
                    }
                })
            );
        }

        return (PromptTokens / prefill, DecodedTokens / decode);
    }

    private static double Seconds(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        work();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }
}
