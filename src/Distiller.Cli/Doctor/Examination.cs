using System.Diagnostics;
using System.Runtime.InteropServices;
using Distiller.Core;
using Distiller.Edge;
using Distiller.Lake;
using Distiller.Training.Torch;

namespace Distiller.Cli.Doctor;

/// <summary>Checks every native part, the workspace and the machine. One fault never hides another.</summary>
internal sealed class Examination(string home, Func<ProcessStartInfo> probeChild)
{
    // OpenBLAS gives tens of GFLOP/s per core, the reference BLAS about one.
    private const double BlasGigaflopsMin = 4;

    // A busy machine slows single tries down; the best of some short ones still tells the two apart.
    private const int BlasTries = 8;
    private const int BlasSize = 512;
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
            Check("BLAS", Blas),
            Check("OpenMP", OpenMp),
            Check("GPU", Gpu),
            Check("CPU plugin", Plugin),
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

    private static CheckResult Torch() => Ok("libtorch", $"{TorchInfo.Version}, {TorchInfo.Threads} threads");

    private static CheckResult Blas()
    {
        var speed = 0.0;
        for (var i = 0; i < BlasTries; i++)
        {
            speed = Math.Max(speed, TorchInfo.MatmulGigaflops(BlasSize));
        }

        var detail = $"{speed:F0} GFLOP/s ({BlasSize} x {BlasSize}, F32)";
        return speed >= BlasGigaflopsMin
            ? Ok("BLAS", detail)
            : new CheckResult(
                "BLAS",
                CheckStatus.Fault,
                $"{detail}: training would take days",
                "Install libopenblas0-openmp, so that it is the libblas.so.3 alternative."
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

    private CheckResult Plugin()
    {
        var verdict = PluginProbe.Verify(probeChild, PluginVerdictFile.PathIn(home));
        EdgeRuntime.Configure(new EdgeRuntimeOptions { CpuPlugin = verdict.Plugin });
        return Ok("CPU plugin", $"{verdict.Plugin} survived a quantized batch");
    }

    private static CheckResult Llama()
    {
        var runtime = EdgeRuntime.Describe();
        var devices = string.Join(", ", runtime.Devices.Select(d => d.Description.Trim()));
        return Ok(
            "llama.cpp",
            $"{runtime.LlamaVersion} (ggml {runtime.GgmlCommit}), {runtime.CpuPlugin}, on {devices}"
        );
    }
}
