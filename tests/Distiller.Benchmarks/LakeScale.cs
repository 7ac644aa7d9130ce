using System.Diagnostics;
using System.Globalization;
using Distiller.Lake;

namespace Distiller.Benchmarks;

/// <summary>
/// What storing episodes and reading them back costs, through the product's own store; each part in a process of its own, so
/// that its peak of memory is its own.
/// </summary>
internal static class LakeScale
{
    /// <param name="part"><c>make</c> the episodes only, <c>write</c> them into a new workspace, or <c>read</c> it.</param>
    public static int Run(string part, string home, int episodes)
    {
        var clock = Stopwatch.StartNew();
        var count = part switch
        {
            "make" => Enumerable.Range(0, episodes).Count(i => SyntheticEpisodes.Of(i).Turns.Count > 0),
            "write" => Write(home, episodes),
            "read" => Read(home),
            _ => throw new ArgumentException("make, write or read", nameof(part)),
        };
        var elapsed = clock.Elapsed.TotalSeconds;
        using var me = Process.GetCurrentProcess();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{part} {count} episodes: {me.TotalProcessorTime.TotalSeconds:F1} processor s, {elapsed:F1} s, peak {me.PeakWorkingSet64 >> 20} MiB, {Bytes(home)} bytes"
            )
        );
        return 0;
    }

    private static int Write(string home, int episodes)
    {
        using var workspace = Workspace.Open(home);
        using var batch = workspace.Episodes.BeginBatch();
        var stored = 0;
        for (var i = 0; i < episodes; i++)
        {
            stored += batch.Append(SyntheticEpisodes.Of(i)) == AppendResult.Stored ? 1 : 0;
        }

        batch.Commit();
        return stored;
    }

    private static int Read(string home)
    {
        using var workspace = Workspace.OpenReadOnly(home);
        return workspace.Episodes.Read().Count(e => e.Turns.Count > 0);
    }

    private static long Bytes(string home) =>
        Directory.Exists(Path.Combine(home, "episodes")) ? FolderSize.Bytes(Path.Combine(home, "episodes")) : 0;
}
