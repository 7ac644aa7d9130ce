using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using Distiller.Training.Torch;

namespace Distiller.Training.Distilling;

/// <summary>
/// In which format this machine's processor trains faster: bfloat16 where it has instructions for it and a short
/// measurement agrees, else float32. A workspace remembers the verdict for each machine, since an adapter's bytes depend
/// on it: a busy moment must not change what a resumed night makes.
/// </summary>
/// <param name="Processor">Of which the rest is told.</param>
/// <param name="Torch">libtorch's version, likewise.</param>
/// <param name="Instructions">For bfloat16: <c>AVX512-BF16</c>, <c>AMX-BF16</c>; empty without.</param>
/// <param name="Fp32Gigaflops">Of a product of matrices on one thread, in 10^9 operations per processor second.</param>
/// <param name="Bf16Gigaflops">The same.</param>
public sealed record CpuPrecision(
    string Processor,
    string Torch,
    IReadOnlyList<string> Instructions,
    double Fp32Gigaflops,
    double Bf16Gigaflops
)
{
    // About a quarter of a step is no product of matrices, and is a little slower in bfloat16.
    private const double GainMin = 1.5;
    private const int Size = 512;
    private const int Tries = 6;

    /// <summary>What <see cref="Precision.Auto"/> is on this processor.</summary>
    public Precision Verdict =>
        Instructions.Count > 0 && Bf16Gigaflops >= GainMin * Fp32Gigaflops ? Precision.Bf16 : Precision.Fp32;

    /// <summary>What the workspace remembers of this machine; measured, and written down, where it does not yet.</summary>
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
    /// <param name="device">As the command line names it.</param>
    public static Precision Resolve(Precision wanted, string device, string home) =>
        wanted is not Precision.Auto ? wanted
        : device is "cpu" ? Of(home).Verdict
        : Precision.Bf16;

    // Named by host: a workspace on shared storage is used by machines that differ.
    private static string PathIn(string home) => Path.Combine(home, $"cpu-precision-{Environment.MachineName}.json");

    /// <summary>Null where there is none that can be read: it is only a measurement, which can be taken again.</summary>
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

    /// <summary>In turns, the best of some: a machine that is busy for a while slows both down.</summary>
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
