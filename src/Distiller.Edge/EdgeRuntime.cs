using System.Text.Json.Serialization;
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

/// <summary>What the edge runtime runs on, for <c>doctor</c> and for the report of an evaluation.</summary>
/// <param name="GgmlVersion">Version of the ggml that llama.cpp is built with.</param>
/// <param name="GgmlCommit">Its commit.</param>
/// <param name="Folder">Where the native libraries lie.</param>
/// <param name="CpuVariant">For which processor they are built: <c>avx512</c>, <c>avx2</c>, ...</param>
public sealed record EdgeRuntimeDescription(
    string LlamaSharpVersion,
    string GgmlVersion,
    string GgmlCommit,
    string Folder,
    string CpuVariant,
    IReadOnlyList<EdgeDevice> Devices
)
{
    /// <summary>For example <c>llama.cpp of LLamaSharp 0.30.0 (ggml 0.18.0, 815a2a591), avx512</c>.</summary>
    public override string ToString() =>
        $"llama.cpp of LLamaSharp {LlamaSharpVersion} (ggml {GgmlVersion}, {GgmlCommit}), {CpuVariant}";
}

/// <summary>Generated serializers: nothing is looked up at run time, so trimming cannot break it.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SessionStateHeader))]
[JsonSerializable(typeof(Releases.EdgeState))]
internal sealed partial class EdgeJson : JsonSerializerContext;
