using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using Distiller.Training.Torch;

namespace Distiller.Training.Distilling;

/// <summary>
/// The number format in which this machine's processor trains faster: bfloat16 if it has instructions for it and a short
/// measurement confirms it, else float32. The workspace stores the choice per machine, because an adapter's bytes depend
/// on it: a new measurement on a busy machine must not change what a resumed night produces.
/// </summary>
/// <param name="Processor">Model name of the processor that was measured.</param>
/// <param name="Torch">Version of the libtorch that was measured.</param>
/// <param name="Instructions">
/// The processor's bfloat16 instructions: <c>AVX512-BF16</c>, <c>AMX-BF16</c>; empty if it has none.
/// </param>
/// <param name="Fp32Gigaflops">
/// Speed of a float32 matrix product on one thread, in 10^9 operations per second of processor time.
/// </param>
/// <param name="Bf16Gigaflops">The same for bfloat16.</param>
public sealed record CpuPrecision(
    string Processor,
    string Torch,
    IReadOnlyList<string> Instructions,
    double Fp32Gigaflops,
    double Bf16Gigaflops
)
{
    // About a quarter of an optimizer step is not matrix products; that part is a little slower in bfloat16.
    private const double GainMin = 1.5;
    private const int Size = 512;
    private const int Tries = 6;

    /// <summary>The format that <see cref="Precision.Auto"/> stands for on this processor.</summary>
    public Precision Verdict =>
        Instructions.Count > 0 && Bf16Gigaflops >= GainMin * Fp32Gigaflops ? Precision.Bf16 : Precision.Fp32;

    /// <summary>Returns the workspace's measurement of this machine; measures and stores it the first time.</summary>
    /// <exception cref="BadInputException">libtorch cannot be loaded.</exception>
    public static CpuPrecision Of(string home)
    {
        var path = PathIn(home);
        var (processor, torch) = (ProcessorName(), TorchInfo.Version);
        if (Read(path) is { } known && known.Processor == processor && known.Torch == torch)
        {
            return known;
        }

        var (single, half) = Measure();
        var measured = new CpuPrecision(processor, torch, [.. Bf16Instructions()], single, half);
        AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(measured, EpisodeJson.Options));
        return measured;
    }

    /// <summary>Never <see cref="Precision.Auto"/>.</summary>
    /// <param name="device">A device as the command line names it: <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    public static Precision Resolve(Precision wanted, string device, string home) =>
        wanted is not Precision.Auto ? wanted
        : device is "cpu" ? Of(home).Verdict
        : Precision.Bf16;

    // The file name contains the host name: different machines may share one workspace.
    private static string PathIn(string home) => Path.Combine(home, $"cpu-precision-{Environment.MachineName}.json");

    /// <summary>Returns null where the file is missing or unreadable: the measurement can be repeated.</summary>
    private static CpuPrecision? Read(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize<CpuPrecision>(File.ReadAllBytes(path), EpisodeJson.Options)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Alternates between the formats and takes the best of each, so that a busy moment slows both down.</summary>
    private static (double Fp32, double Bf16) Measure()
    {
        var threads = TorchInfo.Threads;
        try
        {
            TorchInfo.Threads = 1;
            var (single, half) = (0.0, 0.0);
            for (var i = 0; i < Tries; i++)
            {
                single = Math.Max(single, TorchInfo.MatmulGigaflops(Size, isHalf: false));
                half = Math.Max(half, TorchInfo.MatmulGigaflops(Size, isHalf: true));
            }

            return (Math.Round(single, 1), Math.Round(half, 1));
        }
        finally
        {
            TorchInfo.Threads = threads;
        }
    }

    private static IEnumerable<string> Bf16Instructions()
    {
        if (!X86Base.IsSupported || !Avx512F.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            yield break;
        }

        if ((X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0)
        {
            yield return "AVX512-BF16";
        }

        if ((X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0)
        {
            yield return "AMX-BF16";
        }
    }

    private static string ProcessorName() =>
        (File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : [])
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[^1]
            .Trim()
        ?? "unknown";
}
