using System.Diagnostics;
using System.Text.Json;
using Distiller.Core;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Benchmarks;

/// <summary>What it costs that a step has a process of its own: from its start until its first line, which says that the base model is missing.</summary>
internal static class ChildStart
{
    private const int Times = 20;

    public static async Task<Timings> MeasureAsync(string home)
    {
        var logs = Path.Combine(home, "logs");
        Directory.CreateDirectory(logs);
        var order = new StepOrder(
            "tenant-20300101",
            "tenant",
            new DateOnly(2030, 1, 1),
            RunStep.Prepare,
            Path.Combine(home, "child"),
            Path.Combine(home, "child", "adapters"),
            [logs],
            new NightSettings { BasePath = Path.Combine(home, "base.gguf") },
            new RunHandover(),
            0,
            null
        );
        return await Timings.OfAsync(
            "a step's process, from its start to its first line",
            Times,
            _ => OneAsync(JsonSerializer.Serialize(order, EpisodeJson.Options))
        );
    }

    private static async Task OneAsync(string order)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "distiller.dll"));
        start.ArgumentList.Add("step");
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(order);
        await process.StandardInput.FlushAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? "";
        if (StepMessage.Parse(line) is not { Kind: StepMessageKind.Failed })
        {
            throw new InvalidOperationException($"The first line is '{line}'.");
        }

        process.Kill();
        await process.WaitForExitAsync();
    }
}
