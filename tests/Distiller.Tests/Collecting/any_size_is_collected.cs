using System.Diagnostics;
using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

internal sealed class any_size_is_collected
{
    [Test]
    public void memory_does_not_grow_with_the_file()
    {
        using var folder = new TemporaryFolder();
        var (small, large) = (folder["small.jsonl"], folder["large.jsonl"]);
        Write(small, mebibytes: 32);
        Write(large, mebibytes: 416);
        var smallPeak = Peak(folder["home-1"], small);
        var largePeak = Peak(folder["home-2"], large);
        TestContext.Out.WriteLine(
            $"live memory at most: {smallPeak >> 20} MiB for 32 MiB, {largePeak >> 20} MiB for 416 MiB"
        );
        // Held as text the 384 MiB more would take 768. The native heap's fragments and what other tests left vary by 150.
        largePeak.ShouldBeLessThan(smallPeak + (320L << 20));
    }

    [Test]
    public void an_interrupted_collection_leaves_nothing_and_the_next_gives_the_same()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 20; i++)
        {
            Logs.Write(
                folder,
                $"logs/{i:D2}.jsonl",
                [.. Enumerable.Range(0, 50).Select(k => Logs.Trial($"{i}-{k}")), "{broken"]
            );
        }

        using var whole = Workspace.Open(folder["whole"]);
        var expected = Logs.Collect(whole, folder["logs"]);

        using (var workspace = Workspace.Open(folder["home"]))
        {
            using var stop = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() =>
                Collector.Collect(
                    [folder["logs"]],
                    workspace,
                    new CollectOptions(),
                    new StopAfter(stop, 10),
                    stop.Token
                )
            );
            workspace.Episodes.Count().Episodes.ShouldBe(0);
            workspace.Quarantine.Count().ShouldBe(0);
        }

        using var again = Workspace.Open(folder["home"]);
        var report = Logs.Collect(again, folder["logs"]);
        EpisodeJsonOf(report).ShouldBe(EpisodeJsonOf(expected));
        again.Episodes.SnapshotId().ShouldBe(whole.Episodes.SnapshotId());
        Parts(folder["home"]).ShouldBe(Parts(folder["whole"]));
    }

    private static string EpisodeJsonOf(CollectReport report) =>
        System.Text.Json.JsonSerializer.Serialize(report, EpisodeJson.Options);

    private static IEnumerable<string?> Parts(string home) =>
        Directory.EnumerateFiles(Path.Combine(home, "episodes", "parts")).Select(Path.GetFileName).Order();

    private static void Write(string path, int mebibytes)
    {
        using var file = new StreamWriter(path);
        var text = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 60));
        var written = 0L;
        for (var i = 0; written < (long)mebibytes << 20; i++)
        {
            var line = Logs.User("session-" + (i / 40), "u" + i, i + text);
            file.WriteLine(line);
            written += line.Length + 1;
        }
    }

    /// <summary>The most memory in use while collecting: what the collector of garbage could not free, and the native library's.</summary>
    private static long Peak(string home, string log)
    {
        using var workspace = Workspace.Open(home);
        var watch = new Watch();
        using var done = new CancellationTokenSource();
        var sampling = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                watch.Sample();
                Thread.Sleep(100);
            }
        });
        Collector.Collect([log], workspace, new CollectOptions(), watch);
        done.Cancel();
        sampling.GetAwaiter().GetResult();
        return watch.Most;
    }

    private sealed class Watch : IProgress<StageProgress>
    {
        public long Most { get; private set; }

        public void Report(StageProgress value) => Sample();

        public void Sample()
        {
            GC.Collect();
            using var me = Process.GetCurrentProcess();
            var native = me.WorkingSet64 - GC.GetGCMemoryInfo().TotalCommittedBytes;
            Most = Math.Max(Most, GC.GetTotalMemory(forceFullCollection: false) + Math.Max(0, native));
        }
    }

    private sealed class StopAfter(CancellationTokenSource stop, int files) : IProgress<StageProgress>
    {
        private int _seen;

        public void Report(StageProgress value)
        {
            if (++_seen > files)
            {
                stop.Cancel();
            }
        }
    }
}
