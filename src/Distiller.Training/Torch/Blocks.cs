namespace Distiller.Training.Torch;

/// <summary>
/// The transformer's blocks in TorchSharp's operations. N tokens of packed rows; norms, rotations and losses are computed
/// in float32 where the activations are bfloat16.
/// </summary>
public static class Blocks
{
    /// <summary>x / sqrt(mean(x^2) + eps) * w over the last dimension.</summary>
    public static Tensor rms_norm(Tensor x, Tensor w, double eps)
    {
        using var scope = torch.NewDisposeScope();
        var wide = x.to(WideType(x));
        var r = wide.square().mean([-1L], keepdim: true).add(eps).rsqrt(); // [.., 1]
        return scope.MoveToOuter(wide.mul(r).mul(w.to(wide.dtype)).to(x.dtype));
    }

    /// <summary>
    /// Rotary position embedding of x [N, H, D] by cos and sin [N, R/2]: of the pairs (2i, 2i+1), or with
    /// <paramref name="neox"/> of (i, i + R/2), within the first R values of each head.
    /// </summary>
    public static Tensor rope(Tensor x, Tensor cos, Tensor sin, bool neox)
    {
        using var scope = torch.NewDisposeScope();
        var (n, h, width, half) = (x.shape[0], x.shape[1], x.shape[2], cos.shape[1]);
        var wide = x.narrow(2, 0, 2 * half).to(WideType(x)); // [N, H, R]
        Tensor turned;
        if (neox)
        {
            var (c, s) = (cos.unsqueeze(1), sin.unsqueeze(1)); // [N, 1, R/2]
            var (a, b) = (wide.narrow(2, 0, half), wide.narrow(2, half, half)); // [N, H, R/2]
            turned = torch.cat([a * c - b * s, b * c + a * s], 2);
        }
        else
        {
            var angles = torch.view_as_complex(torch.stack([cos, sin], -1)).unsqueeze(1); // [N, 1, R/2]
            var pairs = torch.view_as_complex(wide.reshape(n, h, half, 2)); // [N, H, R/2]
            turned = torch.view_as_real(pairs.mul(angles)).reshape(n, h, 2 * half);
        }

        turned = turned.to(x.dtype); // [N, H, R]
        return scope.MoveToOuter(
            2 * half == width ? turned : torch.cat([turned, x.narrow(2, 2 * half, width - 2 * half)], 2)
        );
    }

    /// <summary>silu(gate) * up</summary>
    public static Tensor swiglu(Tensor gate, Tensor up)
    {
        using var silu = torch.nn.functional.silu(gate);
        return silu.mul(up);
    }

    /// <summary>
    /// softmax(q k^T / sqrt(D)) v within each row, each position seeing itself and what is before it:
    /// q [N, H, D], k [N, KV, D], v [N, KV, V] -> [N, H, V]; row i holds tokens offsets[i] to offsets[i+1].
    /// </summary>
    public static Tensor causal_attention(Tensor q, Tensor k, Tensor v, long[] offsets)
    {
        CheckAttention(q, k, v, offsets);
        if (q.device.type == DeviceType.CPU)
        {
            return BlockAttention.Of(q, k, v, offsets);
        }

        using var scope = torch.NewDisposeScope();
        var group = q.shape[1] / k.shape[1];
        var parts = new List<Tensor>();
        for (var r = 0; r + 1 < offsets.Length; r++)
        {
            var (start, length) = (offsets[r], offsets[r + 1] - offsets[r]);
            Tensor Heads(Tensor x, long repeat) // [1, H, T, D]; key heads repeated for the query heads that share them
            {
                var y = x.narrow(0, start, length); // [T, KV, D]
                if (repeat > 1)
                {
                    y = y.unsqueeze(2).expand(length, x.shape[1], repeat, x.shape[2]);
                    y = y.reshape(length, x.shape[1] * repeat, x.shape[2]);
                }

                return y.transpose(0, 1).unsqueeze(0);
            }

            var seen = torch.nn.functional.scaled_dot_product_attention(
                Heads(q, 1),
                Heads(k, group),
                Heads(v, group),
                is_casual: true
            ); // [1, H, T, V]
            parts.Add(seen.squeeze(0).transpose(0, 1)); // [T, H, V]
        }

        return scope.MoveToOuter(parts.Count == 1 ? parts[0].contiguous() : torch.cat(parts, 0));
    }

    /// <summary>
    /// The sum of weight * -log softmax(h W^T)[target], and that -log (natural) of each position, without holding all
    /// logits: h [n, D], w [V, D], target [n], weight [n] -> one number, [n].
    /// </summary>
    public static (Tensor Sum, Tensor Nll) linear_cross_entropy(Tensor h, Tensor w, Tensor target, Tensor weight) =>
        LinearCrossEntropy.Of(h, w, target, weight);

    /// <inheritdoc cref="LinearDistillation.Of"/>
    public static Tensor linear_distillation(
        Tensor h,
        Tensor w,
        Tensor target,
        Tensor weight,
        Tensor ids,
        Tensor probabilities,
        double crossEntropyShare
    ) => LinearDistillation.Of(h, w, target, weight, ids, probabilities, crossEntropyShare);

    /// <inheritdoc cref="LinearReverseKl.Of"/>
    public static Tensor linear_reverse_kl(Tensor h, Tensor w, Tensor teacher, Tensor weight) =>
        LinearReverseKl.Of(h, w, teacher, weight);

    /// <summary>Number format of norms, rotations and losses.</summary>
    internal static ScalarType WideType(Tensor x) =>
        x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    // Checked here because native code would abort the process on wrong shapes.
    private static void CheckAttention(Tensor q, Tensor k, Tensor v, long[] offsets)
    {
        var isFit =
            q.dim() == 3
            && k.dim() == 3
            && v.dim() == 3
            && k.shape[0] == q.shape[0]
            && v.shape[0] == q.shape[0]
            && k.shape[1] == v.shape[1]
            && k.shape[2] == q.shape[2]
            && k.shape[1] > 0
            && q.shape[1] % k.shape[1] == 0
            && offsets.Length >= 2
            && offsets[0] == 0
            && offsets[^1] == q.shape[0]
            && offsets.Zip(offsets.Skip(1)).All(r => r.First < r.Second);
        if (!isFit)
        {
            throw new ArgumentException(
                $"q [{string.Join(", ", q.shape)}], k [{string.Join(", ", k.shape)}], v [{string.Join(", ", v.shape)}] "
                    + $"and the row offsets [{string.Join(", ", offsets)}] do not belong together.",
                nameof(q)
            );
        }
    }
}
