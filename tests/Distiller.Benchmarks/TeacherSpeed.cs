using System.Diagnostics;
using System.Globalization;
using Distiller.Core;
using Distiller.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Benchmarks;

/// <summary>
/// A teacher's pass over examples that share a context: the context computed once for all of them, against the context before
/// each. Processor time of one thread, in turns.
/// </summary>
internal static class TeacherSpeed
{
    private const int ContextTokens = 1_500;
    private const int ExampleTokens = 150;
    private const int Count = 32;

    public static int Run(string basePath, int examples, int rounds)
    {
        TorchLibrary.Load();
        TorchInfo.Threads = 1;
        using var file = GgufFile.Open(basePath);
        using var model = BaseModel.Load(file, "cpu", Precision.Fp32);
        var random = new Random(3);
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(model.Config.Vocabulary))];
        var context = Tokens(ContextTokens);
        List<TrainingExample> rows =
        [
            .. Enumerable
                .Range(0, examples)
                .Select(i => new TrainingExample(
                    Tokens(ExampleTokens),
                    [.. Enumerable.Range(0, ExampleTokens).Select(t => t >= ExampleTokens / 2)],
                    1,
                    new EpisodeId($"{i}"),
                    0
                )),
        ];
        List<TrainingExample> whole =
        [
            .. rows.Select(r =>
                r with
                {
                    Tokens = [.. context[1..], .. r.Tokens],
                    LossMask = [.. new bool[ContextTokens - 1], .. r.LossMask],
                }
            ),
        ];
        var (shared, separate) = (new List<double>(), new List<double>());
        var (agreeing, all) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var once = Timed(shared, () => TeacherPass.Run(model, context, rows, Count).ToList());
            // The same pass behind a context of one token: every row brings its whole context along.
            var each = Timed(separate, () => TeacherPass.Run(model, context[..1], whole, Count).ToList());
            foreach (var (a, b) in once.Zip(each))
            {
                for (var t = 0; t < a.Targets.Tokens; t++)
                {
                    all++;
                    var (from, to) = (t * Count, (t + 1) * Count);
                    agreeing += a.Targets.Ids[from..to].ToHashSet().SetEquals(b.Targets.Ids[from..to]) ? 1 : 0;
                }
            }
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                | {examples} examples of {ExampleTokens} tokens behind {ContextTokens} | processor seconds (median of {rounds}) | ratio |
                |---|---|---|
                | context before each example | {Median(separate):F2} | 1.0 |
                | context computed once | {Median(shared):F2} | {Median(separate) / Median(shared):F1} times faster |

                The {Count} likeliest tokens are the same at {100.0 * agreeing / all:F2} % of {all:N0} positions.
                """
            )
        );
        return 0;
    }

    private static T Timed<T>(List<double> seconds, Func<T> work)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var result = work();
        seconds.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
        return result;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
