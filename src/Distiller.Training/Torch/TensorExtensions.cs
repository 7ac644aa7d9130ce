namespace Distiller.Training.Torch;

/// <summary>Conversions and gradient clipping that TorchSharp lacks.</summary>
public static unsafe class TensorExtensions
{
    extension(Tensor t)
    {
        /// <summary>The single element.</summary>
        public double item() => t.ToDouble();

        /// <summary>Copies the elements, converted to float32, in row-major order.</summary>
        public float[] ToFloats() => Copy<float>(t, ScalarType.Float32);

        public double[] ToDoubles() => Copy<double>(t, ScalarType.Float64);

        public long[] ToLongs() => Copy<long>(t, ScalarType.Int64);

        public void clear_grad() => t.grad = null;

        /// <summary>
        /// The memory of a fresh, contiguous float32 CPU tensor, to be filled in place; valid while the tensor lives.
        /// </summary>
        internal Span<float> FloatMemory()
        {
            if (t.dtype != ScalarType.Float32 || t.device.type != DeviceType.CPU || !t.is_contiguous())
            {
                throw new InvalidOperationException("Only a contiguous float32 tensor of the CPU lends its memory.");
            }

            return new Span<float>((void*)t.storage<float>().data_ptr(), checked((int)t.numel()));
        }
    }

    /// <summary>
    /// Scales the gradients so that their joint 2-norm is at most <paramref name="maxNorm"/>; returns the norm before
    /// scaling.
    /// </summary>
    public static double clip_grad_norm(IReadOnlyList<Tensor> parameters, double maxNorm)
    {
        using var pause = GcPause.Begin();
        using var off = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(p => p.grad).OfType<Tensor>()];
        if (gradients.Length == 0)
        {
            return 0;
        }

        // Only one number is read back in total: on a GPU every read waits for the device.
        var norm = torch.stack([.. gradients.Select(g => g.norm().to(ScalarType.Float64))]).norm().item();
        if (maxNorm / (norm + 1e-6) is < 1 and var factor)
        {
            Array.ForEach(gradients, g => g.mul_(factor));
        }

        return norm;
    }

    private static T[] Copy<T>(Tensor t, ScalarType type)
        where T : unmanaged
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        return t.detach().cpu().to(type).contiguous().data<T>().ToArray();
    }
}
