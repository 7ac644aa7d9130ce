using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Distiller.Training.Torch;

/// <summary>
/// Loads libtorch before TorchSharp looks for it, by full path, so that no other libtorch of the machine is taken: from
/// <c>torch/</c> among the native libraries, or from the folder that <c>DISTILLER_TORCH</c> names, such as the
/// <c>torch/lib</c> of a PyTorch installation with CUDA. What does not fit is refused before any of its code runs.
/// </summary>
public static unsafe partial class TorchLibrary
{
    /// <summary>Names the folder of another libtorch.</summary>
    public const string Variable = "DISTILLER_TORCH";

    private const string Own = "torch";
    private const string SharpFile = "libLibTorchSharp.so";
    private const string CpuFile = "libtorch_cpu.so";
    private const string CudaFile = "libtorch_cuda.so";
    private const string SetUpRemedy = "Run ops/setup.sh again.";
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int Now = 2; // RTLD_NOW

    // The highest glibc version that libLibTorchSharp.so requires; libtorch itself requires 2.29.
    private static readonly Version GlibcMin = new(2, 34);
    private static readonly Lock Loading = new();
    private static bool _isLoaded;

    /// <summary>Loads libtorch unless it is loaded already.</summary>
    /// <exception cref="BadInputException">
    /// libtorch is missing, has another version, or does not run on this machine.
    /// </exception>
    public static void Load()
    {
        lock (Loading)
        {
            if (!_isLoaded)
            {
                LoadNow();
                _isLoaded = true;
            }
        }
    }

    private static void LoadNow()
    {
        CheckMachine();
        var own = NativeFolder.Find(Own);
        var other = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
        var folder = other ?? own;
        Require(own, SharpFile, SetUpRemedy);
        string[] parts = ["libc10.so", CpuFile, "libtorch.so"];
        foreach (var part in parts)
        {
            Require(folder, part, other is null ? SetUpRemedy : OtherRemedy);
        }

        if (other is not null)
        {
            CheckVersion(other);
        }

        Prepare();
        if (File.Exists(Path.Combine(folder, CudaFile)))
        {
            parts = [.. parts[..^1], CudaFile, parts[^1]];
        }

        // Libraries loaded later find the earlier ones by their SONAME.
        foreach (var part in parts)
        {
            Open(folder, part);
        }

        // All symbols are bound now: otherwise a symbol that this libtorch lacks would abort the process at its first call.
        Open(own, SharpFile);
        Configure(NativeLibrary.Load(Path.Combine(folder, CpuFile)));
        UseAllThreads();
    }

    private static string OtherRemedy =>
        $"{Variable} must name the folder torch/lib of a PyTorch {TorchVersion.Wanted}; unset it to train on the CPU.";

    private static void CheckMachine()
    {
        var remedy =
            $"Train on 64-bit Intel or AMD Linux with glibc {GlibcMin} or newer, such as Debian 12 or Ubuntu 22.04.";
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not Architecture.X64)
        {
            throw Bad(RuntimeInformation.RuntimeIdentifier, "libtorch is shipped for linux-x64 alone.", remedy);
        }

        string glibc;
        try
        {
            glibc = Marshal.PtrToStringUTF8((nint)gnu_get_libc_version()) ?? "";
        }
        catch (EntryPointNotFoundException)
        {
            throw Bad("libc", "This machine's C library is not glibc.", remedy);
        }

        if (Version.TryParse(glibc, out var version) && version < GlibcMin)
        {
            throw Bad("libc", $"This machine has glibc {glibc}; libtorch needs {GlibcMin}.", remedy);
        }
    }

    private static void CheckVersion(string folder)
    {
        var version = TorchVersion.Of(folder);
        if (version is null || !TorchVersion.Fits(version))
        {
            throw Bad(
                folder,
                version is null
                    ? $"Which libtorch this is cannot be told: neither version.py nor build-version lies beside it."
                    : $"This is libtorch {version}; TorchSharp fits {TorchVersion.Wanted} alone.",
                OtherRemedy
            );
        }
    }

    private static void Require(string folder, string file, string remedy)
    {
        if (!File.Exists(Path.Combine(folder, file)))
        {
            throw Bad(folder, $"There is no {file}.", remedy);
        }
    }

    private static void Open(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (dlopen(path, Now) == 0)
        {
            var reason = Marshal.PtrToStringUTF8((nint)dlerror()) ?? "";
            throw Bad(
                path,
                $"It cannot be loaded: {reason}.",
                reason.Contains("GLIBC", StringComparison.Ordinal)
                || reason.Contains("CXXABI", StringComparison.Ordinal)
                    ? "The C and C++ libraries are too old: use Debian 12, Ubuntu 22.04 or newer, and take foreign ones out of LD_LIBRARY_PATH."
                    : $"Take foreign libraries out of LD_LIBRARY_PATH and {Variable}, then run ops/setup.sh again."
            );
        }
    }

    private static BadInputException Bad(string place, string reason, string remedy) =>
        new(new SourceLocation(place, 0), reason, remedy);

    private static void Prepare()
    {
        // Activations of megabytes are allocated and freed all the time; by default each would be a new mapping with
        // page faults.
        _ = mallopt(MmapThreshold, 32 << 20);
        _ = mallopt(TrimThreshold, 512 << 20);
        // cuBLAS is deterministic only with a fixed workspace. .NET's own variables do not reach native code.
        _ = setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    }

    /// <summary>
    /// The same inputs must give the same bytes. TorchSharp lacks these settings: libtorch's own functions are called.
    /// </summary>
    private static void Configure(nint cpu)
    {
        var context = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(cpu, "_ZN2at13globalContextEv"))();
        void Set(string name, bool value) =>
            ((delegate* unmanaged<nint, byte, void>)NativeLibrary.GetExport(cpu, name))(
                context,
                value ? (byte)1 : (byte)0
            );

        var setDeterministic = (delegate* unmanaged<nint, byte, byte, void>)
            NativeLibrary.GetExport(cpu, "_ZN2at7Context26setDeterministicAlgorithmsEbb");
        setDeterministic(context, 1, HasCuda() ? (byte)1 : (byte)0); // on a GPU only a warning: some have no other way
        // Otherwise new memory is filled with NaN, which costs a pass over every activation.
        Set("_ZN2at7Context39setDeterministicFillUninitializedMemoryEb", false);
        Set("_ZN2at7Context17setBenchmarkCuDNNEb", false);
        // Only flash attention has a deterministic backward pass; where it is not available, the plain formula is used.
        Set("_ZN2at7Context21setSDPUseMemEfficientEb", false);
        Set("_ZN2at7Context14setSDPUseCuDNNEb", false);
    }

    // In methods of their own, so that no static constructor of TorchSharp runs before the library is loaded.
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

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int flags);

    [LibraryImport("libc")]
    private static partial byte* dlerror();

    [LibraryImport("libc")]
    private static partial byte* gnu_get_libc_version();

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}

/// <summary>
/// The version of the libtorch in a folder, found without running its code: PyTorch writes <c>torch/version.py</c> beside
/// <c>torch/lib</c>, the plain libtorch archives a file <c>build-version</c> beside <c>lib</c>.
/// </summary>
internal static partial class TorchVersion
{
    /// <summary>TorchSharp's library calls C++ functions by their names, which differ from version to version.</summary>
    public const string Wanted = "2.10";

    /// <summary>For example <c>2.10.0+cu128</c>; null where no file states it.</summary>
    public static string? Of(string folder)
    {
        var above = Path.Combine(folder, "..");
        var python = Path.Combine(above, "version.py");
        var plain = Path.Combine(above, "build-version");
        return File.Exists(python) && Assignment().Match(File.ReadAllText(python)) is { Success: true } match
                ? match.Groups[1].Value
            : File.Exists(plain) ? File.ReadAllText(plain).Trim()
            : null;
    }

    public static bool Fits(string version) => version.StartsWith(Wanted + ".", StringComparison.Ordinal);

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assignment();
}
