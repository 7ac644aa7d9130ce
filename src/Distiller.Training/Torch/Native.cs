using System.Reflection;
using System.Runtime.InteropServices;

namespace Distiller.Training.Torch;

/// <summary>The C interface of <c>native/dtorch.cpp</c>, name for name.</summary>
internal static unsafe partial class Native
{
    private const string Library = "dtorch";

    private static bool _started;

    // Only registers: what fails while loading must reach the caller as it is, not inside a type initializer's error.
    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!string.Equals(name, Library, StringComparison.Ordinal))
        {
            return 0;
        }

        var file = Path.Combine(NativeFolder.Find(Library), "libdtorch.so");
        try
        {
            var library = NativeLibrary.Load(file);
            Start(library);
            return library;
        }
        catch (DllNotFoundException e)
        {
            throw new BadInputException(
                new SourceLocation(file, 0),
                "The libtorch shim cannot be loaded.",
                "Run ops/setup.sh, which installs libtorch and builds the shim.",
                e
            );
        }
    }

    private static void Start(nint library)
    {
        if (_started)
        {
            return;
        }

        _started = true;
        if (((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "dt_start"))() < 0)
        {
            throw LastError();
        }
    }

    public static void Check(int status)
    {
        if (status < 0)
        {
            throw LastError();
        }
    }

    public static TensorHandle Check(TensorHandle result) => result.IsInvalid ? throw LastError() : result;

    public static TorchException LastError() => new(Marshal.PtrToStringUTF8((nint)dt_last_error()) ?? "unknown error");

    [LibraryImport(Library)]
    public static partial byte* dt_last_error();

    [LibraryImport(Library)]
    public static partial long dt_live_handles();

    [LibraryImport(Library)]
    public static partial byte* dt_version();

    [LibraryImport(Library)]
    public static partial int dt_cuda_available();

    [LibraryImport(Library)]
    public static partial int dt_cuda_devices();

    [LibraryImport(Library)]
    public static partial int dt_get_threads();

    [LibraryImport(Library)]
    public static partial int dt_set_threads(int n);

    [LibraryImport(Library)]
    public static partial int dt_config(byte* text, int size);

    [LibraryImport(Library)]
    public static partial int dt_set_grad_enabled(int on);

    [LibraryImport(Library)]
    public static partial void dt_free(nint t);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_zeros(long* sizes, int n, int type, int device);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_empty(long* sizes, int n, int type, int device);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_from_memory(void* data, long bytes, long* sizes, int n, int type, int device);

    [LibraryImport(Library)]
    public static partial int dt_to_memory(TensorHandle t, void* data, long bytes, int type);

    [LibraryImport(Library)]
    public static partial void* dt_data(TensorHandle t, long* bytes);

    [LibraryImport(Library)]
    public static partial int dt_shape(TensorHandle t, long* sizes);

    [LibraryImport(Library)]
    public static partial int dt_dtype(TensorHandle t);

    [LibraryImport(Library)]
    public static partial int dt_device(TensorHandle t);

    [LibraryImport(Library)]
    public static partial double dt_item(TensorHandle t);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_matmul(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_addmm(TensorHandle c, TensorHandle a, TensorHandle b, double alpha);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_linear(TensorHandle x, TensorHandle w, TensorHandle b);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_add(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_sub(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_mul(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_mul_scalar(TensorHandle a, double b);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_sum(TensorHandle a);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_exp(TensorHandle a);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_softmax(TensorHandle a, long dim);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_argmax(TensorHandle a, long dim);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_tril(TensorHandle a);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_reshape(TensorHandle a, long* sizes, int n);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_transpose(TensorHandle a, long i, long j);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_narrow(TensorHandle a, long dim, long start, long length);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_index_select(TensorHandle a, long dim, TensorHandle index);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_embedding(TensorHandle w, TensorHandle ids);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_cat(nint* parts, int n, long dim);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_to(TensorHandle a, int type, int device);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_clone(TensorHandle a);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_detach(TensorHandle a);

    [LibraryImport(Library)]
    public static partial int dt_requires_grad(TensorHandle t);

    [LibraryImport(Library)]
    public static partial int dt_set_requires_grad(TensorHandle t, int on);

    [LibraryImport(Library)]
    public static partial int dt_has_grad(TensorHandle t);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_grad(TensorHandle t);

    [LibraryImport(Library)]
    public static partial int dt_clear_grad(TensorHandle t);

    [LibraryImport(Library)]
    public static partial int dt_backward(TensorHandle t);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_rms_norm(TensorHandle x, TensorHandle w, double eps);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_rope(TensorHandle x, TensorHandle cos, TensorHandle sin, int neox);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_swiglu(TensorHandle gate, TensorHandle up);

    [LibraryImport(Library)]
    public static partial TensorHandle dt_causal_attention(
        TensorHandle q,
        TensorHandle k,
        TensorHandle v,
        long* offsets,
        int n
    );

    [LibraryImport(Library)]
    public static partial TensorHandle dt_linear_cross_entropy(
        TensorHandle h,
        TensorHandle w,
        TensorHandle target,
        TensorHandle weight,
        nint* nll
    );

    [LibraryImport(Library)]
    public static partial double dt_clip_grad_norm(nint* parameters, int n, double maxNorm);

    [LibraryImport(Library)]
    public static partial int dt_adamw(
        nint* parameters,
        nint* m,
        nint* v,
        int n,
        long step,
        double rate,
        double beta1,
        double beta2,
        double eps,
        double decay
    );

    [LibraryImport(Library)]
    public static partial int dt_muon(
        nint* parameters,
        nint* momenta,
        int n,
        double rate,
        double momentum,
        double decay
    );
}
