using System.Reflection;
using System.Runtime.InteropServices;
using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>The few routines of <c>libggml-base</c> that read and write quantized numbers.</summary>
internal static unsafe partial class Ggml
{
    private const string Library = "ggml-base";

    private static readonly Lazy<nint> Handle = new(Load);

    static Ggml() =>
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(),
            (name, _, _) => string.Equals(name, Library, StringComparison.Ordinal) ? Handle.Value : 0
        );

    public static nint Export(string name) => NativeLibrary.GetExport(Handle.Value, name);

    [LibraryImport(Library, EntryPoint = "ggml_quantize_chunk")]
    internal static partial nuint QuantizeChunk(
        int type,
        float* source,
        void* destination,
        long start,
        long rows,
        long rowElements,
        float* importance
    );

    private static nint Load()
    {
        var folder = NativeFolder.Find("llama");
        var path = Directory.EnumerateFiles(folder, "libggml-base.*").Order(StringComparer.Ordinal).FirstOrDefault();
        return path is null
            ? throw new BadInputException(
                new SourceLocation(folder, 0),
                "libggml-base is missing.",
                "Run ops/setup.sh, or set DISTILLER_NATIVE to the folder that holds llama/."
            )
            : NativeLibrary.Load(path);
    }
}
