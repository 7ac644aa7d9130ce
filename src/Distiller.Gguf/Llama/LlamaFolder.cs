using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// A folder with llama.cpp's libraries. <c>DISTILLER_LLAMA</c> names one; else it is the one beside the program that is
/// built for this processor, or for its GPU where the program was built with <c>-p:Cuda=true</c>.
/// </summary>
/// <param name="Path">Folder of <c>libllama</c> and <c>libggml-base</c>.</param>
/// <param name="CpuPath">Folder of <c>libggml-cpu</c>: the same folder, except beside a GPU build.</param>
internal sealed record LlamaFolder(string Path, string CpuPath)
{
    private const string Variable = "DISTILLER_LLAMA";
    public const string Rebuild = "Run ops/setup.sh, or build the program again for this machine.";

    // Libraries that the dynamic loader may report as missing, and the remedy for each.
    private static readonly (string Says, string Remedy)[] s_remedies =
    [
        ("libgomp.so", "Install the package libgomp1 (apt-get install libgomp1)."),
        ("libstdc++.so", "Install the package libstdc++6 (apt-get install libstdc++6)."),
        ("libgcc_s.so", "Install the package libgcc-s1 (apt-get install libgcc-s1)."),
        ("libcuda.so", "Install NVIDIA's driver, or build without -p:Cuda=true."),
        ("libcudart.so", "Install the CUDA 12 run time, or build without -p:Cuda=true."),
        ("libcublas.so", "Install the CUDA 12 run time, or build without -p:Cuda=true."),
        (
            "`GLIBC_",
            "Use a newer distribution: glibc 2.34 on x64 (Debian 12, Ubuntu 22.04), 2.38 on arm64 (Debian 13, Ubuntu 24.04)."
        ),
        ("`GLIBCXX_", "Use a newer distribution, for example Debian 12 or Ubuntu 22.04."),
    ];

    /// <summary>Processor variant for which the libraries are built.</summary>
    public string CpuVariant =>
        System.IO.Path.GetFileName(CpuPath) is var name && name == "native"
            ? RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()
            : name;

    public static LlamaFolder Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured)
        {
            var folder = System.IO.Path.GetFullPath(configured);
            return new LlamaFolder(folder, folder);
        }

        return BesideProgram(AppContext.BaseDirectory);
    }

    /// <summary>The best variant among those that a build puts beside the program.</summary>
    private static LlamaFolder BesideProgram(string program)
    {
        var system = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            ? "linux-musl"
            : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var native = System.IO.Path.Combine(program, "runtimes", $"{system}-{architecture}", "native");
        var cpu = X86Base.IsSupported ? System.IO.Path.Combine(native, Variant()) : native;
        var gpu = Directory.Exists(native) ? Directory.GetDirectories(native, "cuda*") : [];
        return new LlamaFolder(gpu is [var cuda, ..] ? cuda : cpu, cpu);
    }

    public string File(string library) => InFolder(Path, library);

    /// <summary>
    /// The back ends that <c>libggml</c> registers, and <c>libggml</c> itself, in the order to load them.
    /// </summary>
    public IEnumerable<string> BackEnds() => Path == CpuPath ? ["ggml-cpu", "ggml"] : ["ggml-cpu", "ggml-cuda", "ggml"];

    public nint Load(string library)
    {
        var file = InFolder(library == "ggml-cpu" ? CpuPath : Path, library);
        if (!System.IO.File.Exists(file))
        {
            throw new BadInputException(
                new SourceLocation(file, 0),
                "llama.cpp's library is missing.",
                Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }
                    ? $"Set {Variable} to the folder that holds libllama.so, or unset it."
                    : Rebuild
            );
        }

        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            RefuseOthers();
            var reason = Reason(e.Message, file);
            throw new BadInputException(
                new SourceLocation(file, 0),
                $"llama.cpp's library cannot be loaded: {reason}.",
                s_remedies.FirstOrDefault(r => reason.Contains(r.Says, StringComparison.Ordinal)).Remedy ?? Rebuild,
                e
            );
        }
    }

    /// <summary>
    /// Two copies of ggml in one process would call into each other. Another can only have come by <c>LD_PRELOAD</c> or by
    /// other code in the process.
    /// </summary>
    public void RefuseOthers()
    {
        const string maps = "/proc/self/maps";
        if (!System.IO.File.Exists(maps))
        {
            return;
        }

        var mapped = System
            .IO.File.ReadLines(maps)
            .Where(l => l.Contains('/', StringComparison.Ordinal))
            .Select(l => l[l.IndexOf('/', StringComparison.Ordinal)..])
            .Where(IsLlama)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        // Mapped paths have no links in them, so they are not compared with ours but counted.
        var folders = mapped.Select(System.IO.Path.GetDirectoryName).Distinct(StringComparer.Ordinal).Count();
        if (folders > (Path == CpuPath ? 1 : 2))
        {
            var other =
                mapped.Find(m =>
                    !m.StartsWith(Path, StringComparison.Ordinal) && !m.StartsWith(CpuPath, StringComparison.Ordinal)
                ) ?? mapped[0];
            throw new BadInputException(
                new SourceLocation(other, 0),
                "Another llama.cpp is loaded in this process.",
                "Unset LD_PRELOAD, and load no other llama.cpp or ggml beside this one."
            );
        }
    }

    /// <summary>Extracts the dynamic loader's message from .NET's: the first line that names a cause.</summary>
    private static string Reason(string message, string file)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var cause =
            lines.Skip(1).FirstOrDefault(l => l.Contains(": ", StringComparison.Ordinal))
            ?? lines.FirstOrDefault()
            ?? "";
        return cause.Replace($"{file}: ", "", StringComparison.Ordinal).TrimEnd('.');
    }

    private static bool IsLlama(string path)
    {
        var name = System.IO.Path.GetFileName(path.AsSpan());
        return name.StartsWith("libggml", StringComparison.Ordinal)
            || name.StartsWith("libllama.", StringComparison.Ordinal);
    }

    private static string InFolder(string folder, string library) => System.IO.Path.Combine(folder, $"lib{library}.so");

    /// <summary>Chooses the variant as LLamaSharp does.</summary>
    private static string Variant()
    {
        const int vnni = 1 << 11;
        if (
            Avx512F.IsSupported
            && Avx512BW.IsSupported
            && Avx512Vbmi.IsSupported
            && (X86Base.CpuId(7, 0).Ecx & vnni) != 0
        )
        {
            return "avx512";
        }

        return Avx2.IsSupported ? "avx2"
            : Avx.IsSupported ? "avx"
            : "noavx";
    }
}
