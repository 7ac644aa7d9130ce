using System.Diagnostics;
using System.Globalization;
using Distiller.Edge;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// What it takes to go on with a conversation: evaluating it again, against reading its cache back from a file. Of several
/// rounds the fastest counts: other work on the machine only ever adds.
/// </summary>
internal static class EdgeStates
{
    private const int Rounds = 3;
    private static readonly int[] s_lengths = [128, 512, 2048, 4096, 8192];

    public static int Run(string modelPath)
    {
        using var model = EdgeModel.Load(modelPath, new EdgeModelOptions { Threads = 1 });
        Console.WriteLine("| tokens | evaluate again, ms | read back, ms | ratio | write, ms | bytes a token |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var tokens in s_lengths.Where(l => l < model.ContextLength))
        {
            Console.WriteLine(Measure(model, tokens));
        }

        return 0;
    }

    private static string Measure(EdgeModel model, int tokens)
    {
        var path = Path.Combine(Path.GetTempPath(), $"distiller-state-{Environment.ProcessId}");
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = tokens + 1 });
        var prompt = Enumerable.Range(0, tokens).Select(i => (100 + (i * 37)) % model.VocabularySize).ToArray();
        var (evaluate, write, read) = (double.MaxValue, double.MaxValue, double.MaxValue);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                session.Reset();
                evaluate = Math.Min(evaluate, Milliseconds(() => session.Feed(prompt)));
                write = Math.Min(write, Milliseconds(() => session.SaveState(path)));
                session.Reset();
                read = Math.Min(read, Milliseconds(() => session.LoadState(path)));
            }

            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {tokens} | {evaluate:F0} | {read:F1} | {evaluate / read:F0} | {write:F1} | {new FileInfo(path).Length / tokens} |"
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Milliseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
