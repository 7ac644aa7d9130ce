using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Distiller.Benchmarks;

/// <summary>Another build's scheduler, in a process of its own that measures a block whenever it is asked to.</summary>
internal sealed class OtherBuild : IAsyncDisposable
{
    private readonly Process _process;

    private OtherBuild(Process process) => _process = process;

    /// <param name="dll">Its benchmarks.</param>
    public static OtherBuild Start(string dll)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(dll);
        start.ArgumentList.Add("scheduler-blocks");
        return new OtherBuild(Process.Start(start)!);
    }

    public async Task<SchedulerBlock> BlockAsync(int round)
    {
        await _process.StandardInput.WriteLineAsync(round.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<SchedulerBlock>(line)!
            : throw new InvalidOperationException("The other build ended before it had measured.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
