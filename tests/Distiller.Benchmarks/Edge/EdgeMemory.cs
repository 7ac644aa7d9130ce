using System.Globalization;
using Distiller.Edge;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// What a process holds in memory with a base and n adapters, each in a context of its own, against n merged models: files
/// of the base's own size, which is the least that a merged model takes. A process measures one case.
/// </summary>
internal static class EdgeMemory
{
    private const int ContextTokens = 1024;
    private const int Rank = 32;

    /// <param name="kind"><c>adapters</c> or <c>merged</c>.</param>
    public static int Run(string basePath, string kind, int count)
    {
        var folder = Directory.CreateTempSubdirectory("distiller-memory-").FullName;
        try
        {
            var before = Environment.WorkingSet;
            var held = new List<IDisposable>();
            if (kind == "merged")
            {
                for (var i = 0; i < count; i++)
                {
                    var copy = Path.Combine(folder, $"{i}.gguf");
                    File.Copy(basePath, copy);
                    var model = EdgeModel.Load(copy, new EdgeModelOptions { Threads = 1 });
                    held.Add(model);
                    held.Add(Answer(model, null));
                }
            }
            else
            {
                var paths = Enumerable
                    .Range(0, count)
                    .Select(i =>
                        BenchHome.WriteRandomAdapter(basePath, Path.Combine(folder, $"{i}.gguf"), Rank, seed: i)
                    )
                    .ToList();
                GC.Collect();
                before = Environment.WorkingSet;
                var model = EdgeModel.Load(basePath, new EdgeModelOptions { Threads = 1 });
                held.Add(model);
                foreach (var path in paths)
                {
                    var adapter = model.LoadAdapter(path);
                    held.Add(adapter);
                    held.Add(Answer(model, adapter));
                }
            }

            GC.Collect();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {kind} | {count} | {(Environment.WorkingSet - before) / 1048576.0:F0} |"
                )
            );
            GC.KeepAlive(held);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A session that has read and written, so that its memory is touched.</summary>
    private static EdgeSession Answer(EdgeModel model, EdgeAdapter? adapter)
    {
        var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = ContextTokens });
        session.Attach(adapter);
        session.Feed([.. Enumerable.Range(0, 512).Select(i => (100 + (i * 37)) % model.VocabularySize)]);
        session.GenerateGreedy(4);
        return session;
    }
}
