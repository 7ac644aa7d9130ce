using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distiller.Core;

[assembly: DisableRuntimeMarshalling]

namespace Distiller.Edge.Native;

/// <summary>
/// Finds and loads llama.cpp once in a process. Files carry the release in their names, so they are found by pattern
/// and loaded by absolute path.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>The release whose struct layouts are written down here; layouts change between releases.</summary>
    public const string SupportedVersion = "0.5.0-dev";

    /// <summary>Builds between two releases all call themselves "-dev"; this is the commit of tag v0.5.0.</summary>
    public const string SupportedCommit = "0ad4a86";

    private static readonly Dictionary<string, nint> s_handles = new(StringComparer.Ordinal);
    private static readonly Lock s_gate = new();
    private static bool s_loaded;

    static NativeLibraries() =>
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(),
            (name, _, _) => s_handles.GetValueOrDefault(name)
        );

    public static string Folder { get; private set; } = "";

    public static void Ensure()
    {
        lock (s_gate)
        {
            if (s_loaded)
            {
                return;
            }

            Folder = Path.GetFullPath(NativeFolder.Find("llama"));
            // Dependencies first; they refer to each other by name.
            s_handles["ggml-base"] = Load("libggml-base*.so");
            s_handles["ggml"] = Load("libggml.*so");
            s_handles["llama"] = Load("libllama.*so");
            RefuseOtherVersion(LlamaApi.Version(), GgmlApi.Commit(), Folder);
            NativeLog.Install();
            s_loaded = true;
        }
    }

    internal static void RefuseOtherVersion(string version, string commit, string folder)
    {
        if (version != SupportedVersion || commit != SupportedCommit)
        {
            throw new BadInputException(
                new SourceLocation(folder, 0),
                $"This is llama.cpp {version} ({commit}); the edge runtime is written for {SupportedVersion} ({SupportedCommit}).",
                "Run ops/setup.sh to install the release in the lock file."
            );
        }
    }

    private static nint Load(string pattern)
    {
        var files = Directory.GetFiles(Folder, pattern);
        if (files.Length != 1)
        {
            throw new BadInputException(
                new SourceLocation(Folder, 0),
                $"{files.Length} files match {pattern}; exactly one is needed.",
                "Run ops/setup.sh to install llama.cpp afresh."
            );
        }

        try
        {
            return NativeLibrary.Load(files[0]);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new BadInputException(
                new SourceLocation(files[0], 0),
                "The native library cannot be loaded.",
                "Install the package built for this machine with ops/setup.sh.",
                e
            );
        }
    }
}
