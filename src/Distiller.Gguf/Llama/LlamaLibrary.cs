using System.Runtime.InteropServices;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// The native llama.cpp of this process, with the ggml whose routines read and write quantized numbers. Each library is
/// loaded once, at its first use, by its absolute path and before those that need it: a name that is in the process
/// already is not searched for, so one of the same name on <c>LD_LIBRARY_PATH</c> is never taken, and whoever loads
/// first (this project's codec, or LLamaSharp) both get the same copy.
/// </summary>
public static unsafe class LlamaLibrary
{
    /// <summary>The LLamaSharp of the lock files.</summary>
    public const string LlamaSharpVersion = "0.30.0";

    /// <summary>The commit of ggml in its back end packages. LLamaSharp's struct layouts hold for it only.</summary>
    public const string SupportedCommit = "815a2a591";

    private static readonly Lazy<LlamaFolder> s_folder = new(LlamaFolder.Find);
    private static readonly Lazy<nint> s_base = new(() => LoadBase(s_folder.Value));
    private static readonly Lazy<nint> s_llama = new(() => LoadAll(s_folder.Value));

    /// <summary>Folder of the libraries.</summary>
    public static string Folder => s_folder.Value.Path;

    /// <summary>
    /// Processor variant of the libraries: <c>avx512</c>, <c>avx2</c>, <c>avx</c>, <c>noavx</c>, <c>arm64</c>.
    /// </summary>
    public static string CpuVariant => s_folder.Value.CpuVariant;

    /// <summary>ggml's version, for example <c>0.18.0</c>.</summary>
    public static string GgmlVersion => Text(GgmlExport("ggml_version"));

    /// <summary>The path of <c>libllama</c>, which is loaded with all that it needs.</summary>
    public static string Load()
    {
        _ = s_llama.Value;
        return s_folder.Value.File("llama");
    }

    /// <summary>A function of <c>libggml-base</c>, which is loaded for it; the rest is not.</summary>
    public static nint GgmlExport(string name) => Export(s_base.Value, "ggml-base", name);

    /// <summary>A function of <c>libllama</c>, which is loaded for it.</summary>
    public static nint LlamaExport(string name) => Export(s_llama.Value, "llama", name);

    private static nint LoadBase(LlamaFolder folder)
    {
        var handle = folder.Load("ggml-base");
        folder.RefuseOthers();
        var commit = NativeLibrary.TryGetExport(handle, "ggml_commit", out var routine) ? Text(routine) : "unknown";
        return commit == SupportedCommit
            ? handle
            : throw new BadInputException(
                new SourceLocation(folder.File("ggml-base"), 0),
                $"This is ggml {commit}; the edge runtime is written for {SupportedCommit}.",
                $"Use the libraries of the package LLamaSharp.Backend.Cpu {LlamaSharpVersion}, which the build lays beside the program."
            );
    }

    private static nint LoadAll(LlamaFolder folder)
    {
        _ = s_base.Value;
        foreach (var name in folder.BackEnds())
        {
            folder.Load(name);
        }

        var llama = folder.Load("llama");
        folder.RefuseOthers();
        return llama;
    }

    private static nint Export(nint library, string file, string name) =>
        NativeLibrary.TryGetExport(library, name, out var address)
            ? address
            : throw new BadInputException(
                new SourceLocation(s_folder.Value.File(file), 0),
                $"The library has no '{name}'.",
                LlamaFolder.Rebuild
            );

    private static string Text(nint routine) =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)routine)()) ?? "";
}
