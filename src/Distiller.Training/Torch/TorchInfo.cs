using System.Diagnostics;

namespace Distiller.Training.Torch;

/// <summary>What <c>doctor</c> asks of libtorch.</summary>
public static class TorchInfo
{
    /// <summary>libtorch's version.</summary>
    public static string Version
    {
        get
        {
            TorchLibrary.Load();
            return torch.__version__;
        }
    }

    public static bool IsCudaAvailable
    {
        get
        {
            TorchLibrary.Load();
            return torch.cuda.is_available();
        }
    }

    public static int CudaDevices
    {
        get
        {
            TorchLibrary.Load();
            return torch.cuda.device_count();
        }
    }

    /// <summary>Threads of one operation, 1 to 1024. Results are the same bytes only for the same number.</summary>
    public static int Threads
    {
        get
        {
            TorchLibrary.Load();
            return torch.get_num_threads();
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            TorchLibrary.Load();
            torch.set_num_threads(value);
        }
    }

    /// <summary>Native tensors that C# holds; equal before and after a piece of work that leaks nothing.</summary>
    public static long LiveTensors => Tensor.TotalCount;

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

    /// <summary>Best of three n x n products on the CPU, in 10^9 operations per second.</summary>
    /// <param name="n">64 to 8192.</param>
    /// <param name="type">float32 or bfloat16.</param>
    public static double MatmulGigaflops(int n, ScalarType type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 8192);
        TorchLibrary.Load();
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var (a, b) = (torch.full([n, n], 0.5, type), torch.full([n, n], 0.5, type));
        a.mm(b).Dispose();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var start = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            var took = Stopwatch.GetElapsedTime(start);
            best = took < best ? took : best;
        }

        return 2.0 * n * n * n / best.TotalSeconds / 1e9;
    }
}
