namespace Distiller.Training.Torch;

/// <summary>
/// Output projection of student and teacher and the reverse divergence in one, a chunk of positions at a time, as
/// <see cref="LinearCrossEntropy"/>: with the student's q and the teacher's p over all tokens, KL(q || p) = sum q log(q / p). Its
/// gradient to the student's logits is q (log(q / p) - KL). Where the forward divergence asks the student to cover all that the
/// teacher may say, this one asks it to say nothing that the teacher would not.
/// </summary>
/// <remarks>
/// Source: Gu, Dong, Wei and Huang, "MiniLLM: Knowledge Distillation of Large Language Models" (2024); Agarwal et al.,
/// "On-Policy Distillation of Language Models: Learning from Self-Generated Mistakes" (2024).
/// </remarks>
internal sealed class LinearReverseKl : torch.autograd.SingleTensorFunction<LinearReverseKl>
{
    private const long ChunkElements = 1 << 22; // 16 MiB of float32 logits; four such tensors exist

    public override string Name => nameof(LinearReverseKl);

    /// <summary>
    /// The sum over n positions of weight * KL(q || p): the student's h [n, D], w [V, D] (frozen), the teacher's hidden states
    /// [n, D] (no gradient), weight [n] -> one number, with the gradient to h.
    /// </summary>
    public static Tensor Of(Tensor h, Tensor w, Tensor teacher, Tensor weight)
    {
        // Checked here because an exception thrown inside the native call would abort the process.
        if (
            h.dim() != 2
            || w.dim() != 2
            || h.shape[1] != w.shape[1]
            || h.shape[0] == 0
            || !h.shape.AsSpan().SequenceEqual(teacher.shape)
            || weight.dim() != 1
            || weight.shape[0] != h.shape[0]
        )
        {
            throw new ArgumentException(
                $"h [{string.Join(", ", h.shape)}], w [{string.Join(", ", w.shape)}], teacher [{string.Join(", ", teacher.shape)}] "
                    + $"and weight [{string.Join(", ", weight.shape)}] do not belong together.",
                nameof(h)
            );
        }

        return apply(h, w, teacher, weight);
    }

    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var (h, w, teacher, weight) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
        using var scope = torch.NewDisposeScope();
        var (n, chunk) = (h.shape[0], Math.Max(16, ChunkElements / w.shape[0]));
        var dh = torch.empty_like(h); // [n, D]
        var sum = torch.zeros([], weight.dtype, weight.device);
        for (var from = 0L; from < n; from += chunk)
        {
            using var one = torch.NewDisposeScope();
            var count = Math.Min(chunk, n - from);
            var share = weight.narrow(0, from, count).unsqueeze(1); // [c, 1]
            var ratio = LogOdds(h.narrow(0, from, count), w); // [c, V], log q
            var q = ratio.exp(); // [c, V]
            ratio.sub_(LogOdds(teacher.narrow(0, from, count), w)); // log(q / p)
            var kl = q.mul(ratio).sum(1, keepdim: true); // [c, 1]
            sum.add_(share.mul(kl).sum());
            q.mul_(ratio.sub_(kl)).mul_(share);
            dh.narrow(0, from, count).copy_(q.to(h.dtype).mm(w));
        }

        ctx.save_for_backward([scope.MoveToOuter(dh)]);
        return scope.MoveToOuter(sum);
    }

    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = torch.NewDisposeScope();
        var dh = ctx.get_saved_variables()[0];
        return [scope.MoveToOuter(dh.mul(grad_output.to(dh.dtype))), null!, null!, null!];
    }

    // h [c, D], w [V, D] -> log softmax [c, V]
    private static Tensor LogOdds(Tensor h, Tensor w)
    {
        using var logits = h.mm(w.t());
        return torch.special.log_softmax(logits, 1, Blocks.WideType(h));
    }
}
