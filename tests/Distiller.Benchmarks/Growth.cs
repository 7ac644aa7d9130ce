using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CliWrap.Buffered;
using Distiller.Core;
using Distiller.Jobs;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Benchmarks;

/// <summary>
/// How the first night of a workspace grows with its episodes: collecting a log of N of them, reducing and mining, each night in
/// a process of its own, so that its peak of memory is its own.
/// </summary>
internal static class Growth
{
    public const string ChildVerb = "growth-night";
    private const string NoBase = "-";

    /// <param name="basePath">A base for reducing and mining; <c>-</c> collects only.</param>
    public static async Task<int> RunAsync(string folder, string basePath, IReadOnlyList<string> sizes)
    {
        var nights = new List<GrownNight>();
        Console.WriteLine("| episodes | log MB | collect s | reduce s | mine s | processor s | peak MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var size in sizes.Select(s => int.Parse(s, CultureInfo.InvariantCulture)))
        {
            var home = Path.Combine(folder, size.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(home);
            DayEpisodes.Write(Path.Combine(home, "log.jsonl"), Enumerable.Range(0, size));
            var child = await CliWrap
                .Cli.Wrap(Environment.ProcessPath!)
                .WithArguments([ChildVerb, home, basePath])
                .ExecuteBufferedAsync();
            var night = JsonSerializer.Deserialize<GrownNight>(child.StandardOutput, EpisodeJson.Options)!;
            nights.Add(night);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {night.Episodes:N0} | {night.LogBytes / 1e6:F1} | {night.Collect:F1} | {night.Reduce:F1} | {night.Mine:F1} | {night.Processor:F1} | {night.PeakMiB:N0} |"
                )
            );
            Directory.Delete(home, recursive: true);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"exponent by the clock {Exponent(nights, n => n.Collect + n.Reduce + n.Mine):F2}, by processor time {Exponent(nights, n => n.Processor):F2}"
            )
        );
        return 0;
    }

    public static int Night(string home, string basePath)
    {
        var log = Path.Combine(home, "log.jsonl");
        using var me = Process.GetCurrentProcess();
        var clock = Stopwatch.StartNew();
        using var workspace = Workspace.Open(home);
        _ = new CollectStage(workspace, null).Run([log], "default");
        var (collected, reduced) = (clock.Elapsed, clock.Elapsed);
        if (basePath != NoBase)
        {
            var settings = new NightSettings { BasePath = basePath };
            using var night = new Night(workspace, settings, Path.Combine(home, "adapters"), TimeProvider.System);
            var artifact = new ReduceStage(night).Run();
            reduced = clock.Elapsed;
            _ = new MineStage(night).Run(artifact);
        }

        var end = clock.Elapsed;
        me.Refresh();
        Console.WriteLine(
            JsonSerializer.Serialize(
                new GrownNight(
                    workspace.Episodes.Count().Episodes,
                    new FileInfo(log).Length,
                    collected.TotalSeconds,
                    (reduced - collected).TotalSeconds,
                    (end - reduced).TotalSeconds,
                    me.TotalProcessorTime.TotalSeconds,
                    me.PeakWorkingSet64 >> 20
                ),
                EpisodeJson.Options
            )
        );
        return 0;
    }

    /// <summary>Slope of the line through the logarithms of size and cost, by least squares.</summary>
    private static double Exponent(IReadOnlyList<GrownNight> nights, Func<GrownNight, double> cost)
    {
        var points = nights.Select(n => (X: Math.Log(n.Episodes), Y: Math.Log(cost(n)))).ToList();
        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        return points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
    }

    /// <summary>Times in seconds of the clock, but <paramref name="Processor"/>.</summary>
    private sealed record GrownNight(
        long Episodes,
        long LogBytes,
        double Collect,
        double Reduce,
        double Mine,
        double Processor,
        long PeakMiB
    );
}
