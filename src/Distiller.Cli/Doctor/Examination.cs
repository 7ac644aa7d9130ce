using System.Runtime.InteropServices;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Lake;
using Distiller.Training.Distilling;
using Distiller.Training.Torch;

namespace Distiller.Cli.Doctor;

/// <summary>Checks every native part, the workspace and the machine. One fault never hides another.</summary>
internal sealed class Examination(string home)
{
    private const long FreeBytesMin = 2L << 30;

    public IReadOnlyList<CheckResult> Run() =>
        [
            Check(
                ".NET",
                () => Ok(".NET", $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores")
            ),
            Check("workspace", Workspace),
            Check("disk", Disk),
            Check("DuckDB", Duck),
            Check("libtorch", Torch),
            Check("precision", PrecisionOfTraining),
            Check("OpenMP", OpenMp),
            Check("GPU", Gpu),
            Check("llama.cpp", Llama),
        ];

    private static CheckResult Check(string name, Func<CheckResult> check)
    {
        try
        {
            return check();
        }
        catch (BadInputException e)
        {
            return new CheckResult(name, CheckStatus.Fault, $"{e.Place}: {e.Reason}", e.Remedy);
        }
        catch (Exception e)
        {
            // Recorded as the check's outcome: the others must still run.
            return new CheckResult(
                name,
                CheckStatus.Fault,
                $"{e.GetType().Name}: {e.Message}",
                "Run ops/setup.sh again."
            );
        }
    }

    private static CheckResult Ok(string name, string detail) => new(name, CheckStatus.Ok, detail);

    private CheckResult Workspace()
    {
        Directory.CreateDirectory(home);
        var file = Path.Combine(home, $".doctor-{Environment.ProcessId}");
        File.WriteAllText(file, "writable");
        File.Delete(file);
        return Ok("workspace", $"{home} is writable");
    }

    private CheckResult Disk()
    {
        var free = new DriveInfo(Path.GetFullPath(home)).AvailableFreeSpace;
        return free >= FreeBytesMin
            ? Ok("disk", $"{free >> 30} GiB free")
            : new CheckResult(
                "disk",
                CheckStatus.Warning,
                $"{free >> 20} MiB free",
                "A night on a small base needs about 2 GiB: free some space or choose another --home."
            );
    }

    private static CheckResult Duck() => Ok("DuckDB", DuckDb.Version);

    private static CheckResult Torch() =>
        Ok(
            "libtorch",
            $"{TorchInfo.Version}, {TorchInfo.Threads} threads"
                + (Environment.GetEnvironmentVariable(TorchLibrary.Variable) is { Length: > 0 } f ? $", of {f}" : "")
        );

    /// <summary>What the processor has, what was measured, and what a night makes of it.</summary>
    private CheckResult PrecisionOfTraining()
    {
        var cpu = CpuPrecision.Of(home);
        var has = cpu.Instructions.Count > 0 ? string.Join(" and ", cpu.Instructions) : "no instructions for bf16";
        return Ok(
            "precision",
            $"{has}; a thread does {cpu.Fp32Gigaflops:F0} GFLOP/s in fp32, {cpu.Bf16Gigaflops:F0} in bf16: "
                + $"auto is {(cpu.Verdict is Precision.Bf16 ? "bf16" : "fp32")}"
        );
    }

    private static CheckResult OpenMp() =>
        TorchInfo.IsOmpPassive
            ? Ok("OpenMP", "OMP_WAIT_POLICY=PASSIVE")
            : new CheckResult(
                "OpenMP",
                CheckStatus.Warning,
                "waiting threads spin: about half the speed on shared cores",
                "Start with ./distiller, or set OMP_WAIT_POLICY=PASSIVE before the process starts."
            );

    private static CheckResult Gpu() =>
        TorchInfo.IsCudaAvailable
            ? Ok("GPU", $"{TorchInfo.CudaDevices} CUDA device(s): --device cuda:0")
            : Ok("GPU", "none; training runs on the CPU");

    private static CheckResult Llama()
    {
        var runtime = EdgeRuntime.Describe();
        var devices = string.Join(", ", runtime.Devices.Select(d => d.Description.Trim()));
        return Ok(
            "llama.cpp",
            $"LLamaSharp {runtime.LlamaSharpVersion} (ggml {runtime.GgmlVersion}, {runtime.GgmlCommit}), "
                + $"{runtime.CpuVariant}, on {devices}; {runtime.Folder}"
        );
    }
}

/// <param name="Remedy">What to do about it; empty when all is well.</param>
internal sealed record CheckResult(string Name, CheckStatus Status, string Detail, string Remedy = "");

internal enum CheckStatus
{
    Ok,

    /// <summary>Works, but slower or with less than it could.</summary>
    Warning,

    Fault,
}
