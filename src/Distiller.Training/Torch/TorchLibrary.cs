using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distiller.Training.Torch;

/// <summary>
/// Loads libtorch before TorchSharp looks for it, by full path, so that no other libtorch of the machine is taken: from
/// <c>torch/</c> among the native libraries, or from the folder that <c>DISTILLER_TORCH</c> names, such as the
/// <c>torch/lib</c> of a PyTorch installation with CUDA. Only what trains loads it.
/// </summary>
public static unsafe partial class TorchLibrary
{
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD

    private static readonly Lock Loading = new();
    private static bool _isLoaded;

    /// <summary>Does nothing where it is loaded already.</summary>
    /// <exception cref="BadInputException">It is not there, of another version, or does not fit this machine.</exception>
    public static void Load()
    {
        lock (Loading)
        {
            if (_isLoaded)
            {
                return;
            }

            var own = NativeFolder.Find("torch");
            var folder = Environment.GetEnvironmentVariable("DISTILLER_TORCH") is { Length: > 0 } other ? other : own;
            Prepare();
            NativeLibrary.Load(Path.Combine(folder, "libc10.so"));
            var cpu = NativeLibrary.Load(Path.Combine(folder, "libtorch_cpu.so"));
            if (File.Exists(Path.Combine(folder, "libtorch_cuda.so")))
            {
                NativeLibrary.Load(Path.Combine(folder, "libtorch_cuda.so"));
            }

            // Those that come later find the ones before by their SONAME.
            NativeLibrary.Load(Path.Combine(folder, "libtorch.so"));
            NativeLibrary.Load(Path.Combine(own, "libLibTorchSharp.so"));
            Configure(cpu);
            UseAllThreads();
            _isLoaded = true;
        }
    }

    private static void Prepare()
    {
        if (OperatingSystem.IsLinux())
        {
            // Activations come and go by the megabyte; without this each is a fresh mapping whose pages fault one by one.
            _ = mallopt(MmapThreshold, 32 << 20);
            _ = mallopt(TrimThreshold, 512 << 20);
            // cuBLAS is deterministic only with a fixed workspace. .NET's own variables do not reach native code.
            _ = setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        }
    }

    /// <summary>The same inputs must give the same bytes. TorchSharp lacks these settings: libtorch's own functions are called.</summary>
    private static void Configure(nint cpu)
    {
        var context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(cpu, "_ZN2at13globalContextEv"))();
        void Set(string name, bool value) =>
            ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(cpu, name))(context, value ? (byte)1 : (byte)0);

        ((delegate* unmanaged<nint, byte, byte, void>)NativeLibrary.GetExport(cpu, "_ZN2at7Context26setDeterministicAlgorithmsEbb"))(
            context,
            1,
            HasCuda() ? (byte)1 : (byte)0
        );
        // Else fresh memory is filled with NaN, which costs a pass over every activation.
        Set("_ZN2at7Context39setDeterministicFillUninitializedMemoryEb", false);
        Set("_ZN2at7Context17setBenchmarkCuDNNEb", false);
        // Of the fused attentions only flash has a deterministic backward pass; without it the plain formula stands in.
        Set("_ZN2at7Context21setSDPUseMemEfficientEb", false);
        Set("_ZN2at7Context14setSDPUseCuDNNEb", false);
    }

    // By themselves, so that no static constructor of TorchSharp runs before the library is there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasCuda() => torch.cuda.is_available();

    // libtorch takes one thread where its processor detection fails, as it does in some virtual machines.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseAllThreads()
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null && torch.get_num_threads() == 1)
        {
            torch.set_num_threads(Environment.ProcessorCount);
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
