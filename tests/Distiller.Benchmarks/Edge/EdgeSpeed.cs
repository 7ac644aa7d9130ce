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
    private static readonly int[] s_ranks = [32, 64];

    /// <param name="adapterPaths">None: adapters of random 4-bit factors are measured.</param>
    public static int Run(string modelPath, IReadOnlyList<string> adapterPaths)
    {
        var folder = Directory.CreateTempSubdirectory("distiller-speed-").FullName;
        try
        {
            using var model = EdgeModel.Load(modelPath, new EdgeModelOptions { Threads = 1 });
            var paths =
                adapterPaths.Count > 0
                    ? adapterPaths
                    :
                    [
                        .. s_ranks.Select(r =>
                            BenchHome.WriteRandomAdapter(modelPath, Path.Combine(folder, $"INT4, rank {r}"), r, seed: r)
                        ),
                    ];
            List<Case> cases = [new Case(model, null), .. paths.Select(p => new Case(model, p))];
            for (var round = 0; round < Rounds; round++)
            {
                // In turn, so that other work on the machine falls on all of them.
                cases.ForEach(c => c.Measure());
            }

            Console.WriteLine($"{Path.GetFileName(modelPath)}, {EdgeRuntime.Describe()}, 1 thread\n");
            Console.WriteLine(
                "| adapter | prefill, tokens per processor second | decoding | time a decoded token over none |"
            );
            Console.WriteLine("|---|---|---|---|");
            foreach (var c in cases)
            {
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {c.Name} | {PromptTokens / c.Prefill:F0} | {DecodedTokens / c.Decode:F1} | {c.Decode / cases[0].Decode:F3} |"
                    )
                );
                c.Dispose();
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A session with an adapter, and the least time that anything took in it.</summary>
    private sealed class Case : IDisposable
    {
        private readonly EdgeAdapter? _adapter;
        private readonly EdgeSession _session;
        private readonly int[] _prompt;

        public Case(EdgeModel model, string? path)
        {
            Name = Path.GetFileName(path) ?? "none";
            _adapter = path is null ? null : model.LoadAdapter(path);
            _session = model.OpenSession(new EdgeSessionOptions { ContextTokens = PromptTokens + DecodedTokens });
            _session.Attach(_adapter);
            _prompt = [.. Enumerable.Range(0, PromptTokens).Select(i => (100 + (i * 37)) % model.VocabularySize)];
        }

        public string Name { get; }

        /// <summary>Seconds of processor time.</summary>
        public double Prefill { get; private set; } = double.MaxValue;

        /// <inheritdoc cref="Prefill"/>
        public double Decode { get; private set; } = double.MaxValue;

        public void Measure()
        {
            _session.Reset();
            Prefill = Math.Min(Prefill, Seconds(() => _session.Feed(_prompt)));
            Decode = Math.Min(
                Decode,
                Seconds(() =>
                {
                    for (var i = 0; i < DecodedTokens; i++)
                    {
                        _session.Feed([_prompt[i]]);
                    }
                })
            );
        }

        public void Dispose()
        {
            _session.Dispose();
            _adapter?.Dispose();
        }
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
