using System.Diagnostics;
using System.Globalization;
using Distiller.Jobs;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Benchmarks;

/// <summary>
/// What a new day costs a workspace that holds many: collecting, reducing and mining, through the night's own stages; each
/// night in a process of its own, so that its peak of memory is its own.
/// </summary>
internal static class DayScale
{
    /// <summary>Puts EPISODES into a new workspace, ten days to a part, and writes the log of the day after.</summary>
    public static int Make(string home, int episodes)
    {
        using (var workspace = Workspace.Open(home))
        {
            for (var first = 0; first < episodes; first += 10 * DayEpisodes.PerDay)
            {
                using var batch = workspace.Episodes.BeginBatch();
                for (var i = first; i < Math.Min(episodes, first + (10 * DayEpisodes.PerDay)); i++)
                {
                    batch.Append(DayEpisodes.Of(i));
                }

                batch.Commit();
            }
        }

        // A day that no workspace holds yet: behind the largest one measured.
        DayEpisodes.Write(Path.Combine(home, "new-day.jsonl"), Enumerable.Range(episodes, DayEpisodes.PerDay));
        Console.WriteLine($"{episodes} episodes, {FolderSize.Bytes(Path.Combine(home, "episodes"))} bytes");
        return 0;
    }

    /// <param name="log">A log that this night collects; none to prepare what is there.</param>
    public static int Night(string home, string basePath, string? log)
    {
        var clock = Stopwatch.StartNew();
        using var workspace = Workspace.Open(home);
        var settings = new NightSettings { BasePath = basePath };
        using var night = new Night(workspace, settings, Path.Combine(home, "adapters"), TimeProvider.System);
        var start = clock.Elapsed;
        if (log is not null)
        {
            _ = new CollectStage(workspace, null).Run([log], "default");
        }

        var collected = clock.Elapsed;
        var reduced = new ReduceStage(night).Run();
        var mined = new MineStage(night);
        var reducedAt = clock.Elapsed;
        var report = MineStage.ReadReport(mined.Run(reduced));
        var end = clock.Elapsed;
        using var me = Process.GetCurrentProcess();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Episodes} episodes: collect {(collected - start).TotalSeconds:F1} s, reduce {(reducedAt - collected).TotalSeconds:F1} s, mine {(end - reducedAt).TotalSeconds:F1} s, together {(end - start).TotalSeconds:F1} s, {me.TotalProcessorTime.TotalSeconds:F1} processor s, peak {me.PeakWorkingSet64 >> 20} MiB; {report.Patterns} patterns, {report.TrainExamples.Episodes} and {report.HoldoutExamples.Episodes} episodes in examples"
            )
        );
        return 0;
    }
}
