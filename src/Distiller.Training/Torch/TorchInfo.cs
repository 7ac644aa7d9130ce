namespace Distiller.Training.Torch;

/// <summary>Version, devices, threads and speed of libtorch, for <c>doctor</c> among others.</summary>
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

    /// <summary>Threads of one operation, 1 to 1024. The same bytes result only from the same number.</summary>
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

    /// <summary>Number of native tensors that C# holds; work that leaks nothing leaves it unchanged.</summary>
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

    /// <summary>
    /// Speed of the best of three n x n matrix products on the CPU, in 10^9 operations per second of processor time, which
    /// depends less on other load than wall time.
    /// </summary>
    /// <param name="n">64 to 8192.</param>
    /// <param name="isHalf">True for bfloat16, false for float32.</param>
    public static double MatmulGigaflops(int n, bool isHalf)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 8192);
        TorchLibrary.Load();
        using var pause = GcPause.Begin();
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var type = isHalf ? ScalarType.BFloat16 : ScalarType.Float32;
        var (a, b) = (torch.full([n, n], 0.5, type), torch.full([n, n], 0.5, type));
        a.mm(b).Dispose();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var start = Environment.CpuUsage.TotalTime;
            a.mm(b).Dispose();
            var took = Environment.CpuUsage.TotalTime - start;
            best = took > TimeSpan.Zero && took < best ? took : best;
        }

        return 2.0 * n * n * n / best.TotalSeconds / 1e9;
    }
}
