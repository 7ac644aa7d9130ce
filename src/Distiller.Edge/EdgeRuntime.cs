using Distiller.Edge.Llama;
using Distiller.Gguf;
using LLama.Native;

namespace Distiller.Edge;

/// <summary>llama.cpp in this process, by LLamaSharp: loaded once, at the first use of anything that needs it.</summary>
public static class EdgeRuntime
{
    private static readonly Lazy<string> s_library = new(Load);

    public static EdgeRuntimeDescription Describe()
    {
        Ensure();
        return new EdgeRuntimeDescription(
            LlamaLibrary.LlamaSharpVersion,
            LlamaLibrary.GgmlVersion,
            LlamaLibrary.SupportedCommit,
            LlamaLibrary.Folder,
            LlamaLibrary.CpuVariant,
            LlamaExports.Devices()
        );
    }

    /// <summary>Loads llama.cpp, or throws <see cref="Core.BadInputException"/> with what this machine lacks.</summary>
    internal static void Ensure() => _ = s_library.Value;

    private static string Load()
    {
        var path = LlamaLibrary.Load();
        if (!NativeLibraryConfig.LLama.LibraryHasLoaded)
        {
            NativeLibraryConfig.LLama.WithLibrary(path).WithLogCallback(LlamaLog.Receive);
        }

        NativeApi.llama_empty_call();
        // Also where the program itself used LLamaSharp before.
        NativeLogConfig.llama_log_set(LlamaLog.Receive);
        return path;
    }
}
