namespace Distiller.Training.Torch;

/// <summary>
/// A native tensor. Dispose it, or make it inside a <see cref="DisposeScope"/>. Names follow TorchSharp. A call that
/// fails throws <see cref="TorchException"/> and leaves nothing behind.
/// </summary>
public sealed unsafe class Tensor : IDisposable
{
    internal Tensor(TensorHandle handle)
    {
        Handle = Native.Check(handle);
        DisposeScope.Register(this);
    }

    internal TensorHandle Handle { get; }

    public ScalarType dtype => (ScalarType)Checked(Native.dt_dtype(Handle));

    public Device device => Native.dt_device(Handle) is var d and > -2 ? new Device(d) : throw Native.LastError();

    /// <summary>The sizes, outermost first.</summary>
    public long[] shape
    {
        get
        {
            var sizes = stackalloc long[8];
            var n = Checked(Native.dt_shape(Handle, sizes));
            return new ReadOnlySpan<long>(sizes, n).ToArray();
        }
    }

    public long numel() => shape.Aggregate(1L, (a, b) => a * b);

    public bool requires_grad
    {
        get => Checked(Native.dt_requires_grad(Handle)) != 0;
        set => Native.Check(Native.dt_set_requires_grad(Handle, value ? 1 : 0));
    }

    /// <summary>The gradient that <see cref="backward"/> left, or null; shares the native memory.</summary>
    public Tensor? grad => Checked(Native.dt_has_grad(Handle)) == 0 ? null : new Tensor(Native.dt_grad(Handle));

    public void clear_grad() => Native.Check(Native.dt_clear_grad(Handle));

    /// <summary>Adds d(this)/d(leaf) to the gradient of every leaf that requires one; this must be one number.</summary>
    public void backward() => Native.Check(Native.dt_backward(Handle));

    /// <summary>The single element.</summary>
    public double item()
    {
        var value = Native.dt_item(Handle);
        return double.IsNaN(value) && numel() != 1 ? throw Native.LastError() : value;
    }

    public Tensor matmul(Tensor other) => new(Native.dt_matmul(Handle, other.Handle));

    public Tensor add(Tensor other) => new(Native.dt_add(Handle, other.Handle));

    public Tensor sub(Tensor other) => new(Native.dt_sub(Handle, other.Handle));

    public Tensor mul(Tensor other) => new(Native.dt_mul(Handle, other.Handle));

    public Tensor mul(double factor) => new(Native.dt_mul_scalar(Handle, factor));

    public Tensor sum() => new(Native.dt_sum(Handle));

    public Tensor exp() => new(Native.dt_exp(Handle));

    public Tensor tril() => new(Native.dt_tril(Handle));

    public Tensor softmax(long dim) => new(Native.dt_softmax(Handle, dim));

    public Tensor argmax(long dim) => new(Native.dt_argmax(Handle, dim));

    public Tensor transpose(long i, long j) => new(Native.dt_transpose(Handle, i, j));

    /// <summary>The transpose of a matrix.</summary>
    public Tensor t() => transpose(0, 1);

    public Tensor narrow(long dim, long start, long length) => new(Native.dt_narrow(Handle, dim, start, length));

    public Tensor index_select(long dim, Tensor index) => new(Native.dt_index_select(Handle, dim, index.Handle));

    public Tensor clone() => new(Native.dt_clone(Handle));

    /// <summary>The same memory, outside the recorded graph.</summary>
    public Tensor detach() => new(Native.dt_detach(Handle));

    public Tensor to(ScalarType type) => to(type, device);

    public Tensor to(ScalarType type, Device device) => new(Native.dt_to(Handle, (int)type, device.Index));

    public Tensor reshape(params ReadOnlySpan<long> sizes)
    {
        fixed (long* p = sizes)
        {
            return new Tensor(Native.dt_reshape(Handle, p, sizes.Length));
        }
    }

    /// <summary>Copies the elements, converted to float32, in row-major order.</summary>
    public float[] ToFloats() => Copy<float>(ScalarType.Float32);

    public double[] ToDoubles() => Copy<double>(ScalarType.Float64);

    public long[] ToLongs() => Copy<long>(ScalarType.Int64);

    /// <summary>
    /// The memory of a fresh, contiguous float32 CPU tensor, to be filled in place; valid while this tensor lives.
    /// </summary>
    internal Span<float> FloatMemory()
    {
        long bytes;
        if (dtype != ScalarType.Float32)
        {
            throw new InvalidOperationException("Only a float32 tensor lends its memory.");
        }

        var data = Native.dt_data(Handle, &bytes);
        return data is null ? throw Native.LastError() : new Span<float>(data, checked((int)(bytes / sizeof(float))));
    }

    private T[] Copy<T>(ScalarType type)
        where T : unmanaged
    {
        var values = new T[numel()];
        fixed (T* p = values)
        {
            Native.Check(Native.dt_to_memory(Handle, p, (long)values.Length * sizeof(T), (int)type));
        }

        return values;
    }

    private static int Checked(int value) => value < 0 ? throw Native.LastError() : value;

    public override string ToString() => $"{dtype} [{string.Join(", ", shape)}] on {device}";

    public void Dispose()
    {
        DisposeScope.Forget(this);
        Release();
    }

    internal void Release() => Handle.Dispose();
}
