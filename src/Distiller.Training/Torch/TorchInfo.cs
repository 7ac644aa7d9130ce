using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Distiller.Training.Torch;

/// <summary>What <c>doctor</c> asks of the native library.</summary>
public static unsafe class TorchInfo
{
    /// <summary>libtorch's version that the shim was built against.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Native.dt_version()) ?? "";

    public static bool IsCudaAvailable => Native.dt_cuda_available() != 0;

    public static int CudaDevices => Native.dt_cuda_devices();

    public static int Threads => Native.dt_get_threads();

    /// <summary>Native tensors that C# holds; equal before and after a piece of work that leaks nothing.</summary>
    public static long LiveTensors => Native.dt_live_handles();

    /// <summary>libtorch's own account of its compiler, BLAS and threads.</summary>
    public static string Configuration
    {
        get
        {
            var text = new byte[16384];
            fixed (byte* p = text)
            {
                var n = Native.dt_config(p, text.Length);
                Native.Check(n);
                return Encoding.UTF8.GetString(text, 0, n);
            }
        }
    }

    /// <summary>
    /// Waiting OpenMP threads that spin halve the speed on shared cores; it must be set before the process starts, so
    /// only the launcher can.
    /// </summary>
    public static bool IsOmpPassive =>
        string.Equals(
            Environment.GetEnvironmentVariable("OMP_WAIT_POLICY"),
            "PASSIVE",
            StringComparison.OrdinalIgnoreCase
        );

    /// <summary>
    /// Best of three n x n float32 products on the CPU, in 10^9 operations per second. With OpenBLAS a core gives tens;
    /// a figure near 1 means that libtorch runs on the reference BLAS.
    /// </summary>
    /// <param name="n">64 to 8192.</param>
    public static double MatmulGigaflops(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 8192);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var ones = new float[(long)n * n];
        Array.Fill(ones, 0.5f);
        var (a, b) = (torch.tensor(ones, [n, n]), torch.tensor(ones, [n, n]));
        torch.matmul(a, b).Dispose();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var start = Stopwatch.GetTimestamp();
            torch.matmul(a, b).Dispose();
            var took = Stopwatch.GetElapsedTime(start);
            best = took < best ? took : best;
        }

        return 2.0 * n * n * n / best.TotalSeconds / 1e9;
    }
}
