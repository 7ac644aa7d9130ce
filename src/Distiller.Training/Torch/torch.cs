namespace Distiller.Training.Torch;

/// <summary>Functions over tensors, named as in TorchSharp so that a later move to that package is mechanical.</summary>
public static unsafe class torch
{
    /// <summary>Opens a scope that disposes the tensors made inside it.</summary>
    public static DisposeScope NewDisposeScope() => new();

    public static NoGradScope no_grad() => new();

    /// <summary>Threads of one operation; between 1 and 1024. Results are the same bytes only for the same number.</summary>
    public static void set_num_threads(int n) => Native.Check(Native.dt_set_threads(n));

    public static Tensor zeros(ReadOnlySpan<long> shape, ScalarType type = ScalarType.Float32, Device? device = null)
    {
        fixed (long* p = shape)
        {
            return new Tensor(Native.dt_zeros(p, shape.Length, (int)type, (device ?? Device.Cpu).Index));
        }
    }

    /// <summary>Uninitialised memory.</summary>
    public static Tensor empty(ReadOnlySpan<long> shape, ScalarType type = ScalarType.Float32, Device? device = null)
    {
        fixed (long* p = shape)
        {
            return new Tensor(Native.dt_empty(p, shape.Length, (int)type, (device ?? Device.Cpu).Index));
        }
    }

    public static Tensor tensor(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, Device? device = null) =>
        From(values, shape, ScalarType.Float32, device);

    public static Tensor tensor(ReadOnlySpan<double> values, ReadOnlySpan<long> shape, Device? device = null) =>
        From(values, shape, ScalarType.Float64, device);

    public static Tensor tensor(ReadOnlySpan<long> values, ReadOnlySpan<long> shape, Device? device = null) =>
        From(values, shape, ScalarType.Int64, device);

    public static Tensor matmul(Tensor a, Tensor b) => a.matmul(b);

    /// <summary>c + alpha * a b</summary>
    public static Tensor addmm(Tensor c, Tensor a, Tensor b, double alpha = 1) =>
        new(Native.dt_addmm(c.Handle, a.Handle, b.Handle, alpha));

    /// <summary>x [.., in], w [out, in], b [out] or none -> x w^T + b [.., out]</summary>
    public static Tensor linear(Tensor x, Tensor w, Tensor? b = null) =>
        new(Native.dt_linear(x.Handle, w.Handle, b?.Handle ?? TensorHandle.None));

    /// <summary>Rows of w [V, D] at ids [N] -> [N, D].</summary>
    public static Tensor embedding(Tensor w, Tensor ids) => new(Native.dt_embedding(w.Handle, ids.Handle));

    public static Tensor cat(IReadOnlyList<Tensor> parts, long dim = 0)
    {
        var handles = Handles(parts);
        fixed (nint* p = handles)
        {
            var result = Native.dt_cat(p, handles.Length, dim);
            GC.KeepAlive(parts);
            return new Tensor(result);
        }
    }

    /// <summary>x / sqrt(mean(x^2) + eps) * w over the last dimension.</summary>
    public static Tensor rms_norm(Tensor x, Tensor w, double eps) => new(Native.dt_rms_norm(x.Handle, w.Handle, eps));

    /// <summary>
    /// Rotary position embedding of x [N, H, D] by cos and sin [N, R/2]: of the pairs (2i, 2i+1), or with
    /// <paramref name="neox"/> of (i, i + R/2), within the first R values of each head.
    /// </summary>
    public static Tensor rope(Tensor x, Tensor cos, Tensor sin, bool neox) =>
        new(Native.dt_rope(x.Handle, cos.Handle, sin.Handle, neox ? 1 : 0));

    /// <summary>silu(gate) * up</summary>
    public static Tensor swiglu(Tensor gate, Tensor up) => new(Native.dt_swiglu(gate.Handle, up.Handle));

    /// <summary>
    /// softmax(q k^T / sqrt(D)) v within each row, each position seeing itself and what is before it:
    /// q [N, H, D], k [N, KV, D], v [N, KV, V] -> [N, H, V]; row i holds tokens offsets[i] to offsets[i+1].
    /// </summary>
    public static Tensor causal_attention(Tensor q, Tensor k, Tensor v, ReadOnlySpan<long> offsets)
    {
        fixed (long* p = offsets)
        {
            return new Tensor(Native.dt_causal_attention(q.Handle, k.Handle, v.Handle, p, offsets.Length));
        }
    }

    /// <summary>
    /// The sum of weight * -log softmax(h W^T)[target], and that -log (natural) of each position, without holding all
    /// logits: h [n, D], w [V, D], target [n], weight [n] -> one number, [n].
    /// </summary>
    public static (Tensor Sum, Tensor Nll) linear_cross_entropy(Tensor h, Tensor w, Tensor target, Tensor weight)
    {
        nint nll = 0;
        var sum = new Tensor(Native.dt_linear_cross_entropy(h.Handle, w.Handle, target.Handle, weight.Handle, &nll));
        return (sum, new Tensor(new TensorHandle(nll)));
    }

    /// <summary>Scales the gradients so that their joint 2-norm is at most <paramref name="maxNorm"/>; returns the norm before.</summary>
    public static double clip_grad_norm(IReadOnlyList<Tensor> parameters, double maxNorm)
    {
        fixed (nint* p = Handles(parameters))
        {
            var norm = Native.dt_clip_grad_norm(p, parameters.Count, maxNorm);
            GC.KeepAlive(parameters);
            return norm;
        }
    }

    internal static nint[] Handles(IReadOnlyList<Tensor> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++)
        {
            ObjectDisposedException.ThrowIf(tensors[i].Handle.IsClosed, tensors[i]);
            handles[i] = tensors[i].Handle.DangerousGetHandle();
        }

        return handles;
    }

    private static Tensor From<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, ScalarType type, Device? device)
        where T : unmanaged
    {
        fixed (T* v = values)
        fixed (long* s = shape)
        {
            var bytes = (long)values.Length * sizeof(T);
            return new Tensor(
                Native.dt_from_memory(v, bytes, s, shape.Length, (int)type, (device ?? Device.Cpu).Index)
            );
        }
    }
}
