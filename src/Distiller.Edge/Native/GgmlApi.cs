using System.Runtime.InteropServices;

namespace Distiller.Edge.Native;

/// <summary>ggml's registry of back ends.</summary>
internal static partial class GgmlApi
{
    private const string Registry = "ggml";
    private const string Base = "ggml-base";

    public static string Commit() => Marshal.PtrToStringUTF8(ggml_commit()) ?? "";

    [LibraryImport(Base)]
    private static partial nint ggml_commit();

    [LibraryImport(Registry, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ggml_backend_load(string path);

    [LibraryImport(Registry)]
    public static partial nuint ggml_backend_dev_count();

    [LibraryImport(Registry)]
    public static partial nint ggml_backend_dev_get(nuint index);

    [LibraryImport(Base)]
    public static partial nint ggml_backend_dev_name(nint device);

    [LibraryImport(Base)]
    public static partial nint ggml_backend_dev_description(nint device);

    [LibraryImport(Base)]
    public static unsafe partial void ggml_backend_dev_memory(nint device, nuint* free, nuint* total);

    /// <summary>0 is a CPU.</summary>
    [LibraryImport(Base)]
    public static partial int ggml_backend_dev_type(nint device);
}
