namespace Distiller.Training.Torch;

/// <summary>
/// Output projection and the loss against a teacher in one, a chunk of positions at a time, as
/// <see cref="LinearCrossEntropy"/>. With the teacher's p on its K likeliest tokens and t = 1 - sum p on all others together,
/// and the student's q and s = 1 - sum q on the same, KL = sum p log(p / q) + t log(t / s): the forward divergence after all
/// other tokens are made one. Its gradient to the logits is q - p on the K tokens and q - t q / s on the others, so the
/// student keeps its own order among those.
/// </summary>
/// <remarks>
/// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015); keeping the tail's mass instead of
/// scaling the K up avoids the bias of truncated targets.
/// </remarks>
internal sealed class LinearDistillation : torch.autograd.SingleTensorFunction<LinearDistillation>
{
    private const long ChunkElements = 1 << 23; // 32 MiB of float32 logits; two such tensors exist
    private const double TailMin = 1e-8;

    public override string Name => nameof(LinearDistillation);

    /// <summary>
    /// The sum over n positions of weight * (share * -log q[target] + (1 - share) * KL): h [n, D], w [V, D] (frozen), target
    /// [n], weight [n], ids [n, K], probabilities [n, K] -> one number, with the gradient to h.
    /// </summary>
    public static Tensor Of(
        Tensor h,
        Tensor w,
        Tensor target,
        Tensor weight,
        Tensor ids,
        Tensor probabilities,
        double crossEntropyShare
    )
    {
        // Checked here because an exception thrown inside the native call would abort the process.
        var n = h.shape[0];
        if (
            h.dim() != 2
            || w.dim() != 2
            || h.shape[1] != w.shape[1]
            || n == 0
            || target.dim() != 1
            || target.shape[0] != n
            || weight.dim() != 1
            || weight.shape[0] != n
            || ids.dim() != 2
            || ids.shape[0] != n
            || ids.shape[1] >= w.shape[0]
            || !ids.shape.AsSpan().SequenceEqual(probabilities.shape)
        )
        {
            throw new ArgumentException(
                $"h [{string.Join(", ", h.shape)}], w [{string.Join(", ", w.shape)}], ids [{string.Join(", ", ids.shape)}] and "
                    + $"probabilities [{string.Join(", ", probabilities.shape)}] do not belong together.",
                nameof(h)
            );
        }

        return apply(h, w, target, weight, ids, probabilities, crossEntropyShare);
    }

    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var (h, w, target, weight) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
        var (ids, probabilities, hard) = ((Tensor)vars[4], (Tensor)vars[5], (double)vars[6]);
        using var scope = torch.NewDisposeScope();
        var (n, chunk) = (h.shape[0], Math.Max(16, ChunkElements / w.shape[0]));
        var soft = 1 - hard;
        var dh = torch.empty_like(h); // [n, D]
        var sum = torch.zeros([], weight.dtype, weight.device);
        for (var from = 0L; from < n; from += chunk)
        {
            using var one = torch.NewDisposeScope();
            var count = Math.Min(chunk, n - from);
            var part = h.narrow(0, from, count); // [c, D]
            var goal = target.narrow(0, from, count).unsqueeze(1); // [c, 1]
            var share = weight.narrow(0, from, count).unsqueeze(1); // [c, 1]
            var kept = ids.narrow(0, from, count); // [c, K]
            var p = probabilities.narrow(0, from, count).to(weight.dtype); // [c, K]
            var t = (1 - p.sum(1, keepdim: true)).clamp_min(0); // [c, 1]
            var log = torch.special.log_softmax(part.mm(w.t()), 1, Blocks.WideType(h)); // [c, V]
            var ce = log.gather(1, goal).neg(); // [c, 1]
            var logKept = log.gather(1, kept); // [c, K]
            var q = log.exp_(); // [c, V]; log is gone
            var s = (1 - logKept.exp().sum(1, keepdim: true)).clamp_min(TailMin); // [c, 1]
            var kl =
                (p * (p.clamp_min(1e-30).log() - logKept)).sum(1, keepdim: true)
                + t * (t.clamp_min(TailMin).log() - s.log()); // [c, 1]
            sum.add_((share * (hard * ce + soft * kl)).sum());

            // hard (q - onehot) + soft (q - p on the K, q - t q / s elsewhere)
            var onKept = q.gather(1, kept) - soft * p; // [c, K]
            q.mul_(1 - soft * t / s);
            q.scatter_(1, kept, onKept);
            q.scatter_add_(1, goal, torch.full_like(goal, -hard, dtype: q.dtype));
            dh.narrow(0, from, count).copy_(q.to(h.dtype).mm(w).mul_(share.to(h.dtype)));
        }

        ctx.save_for_backward([scope.MoveToOuter(dh)]);
        return scope.MoveToOuter(sum);
    }

    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = torch.NewDisposeScope();
        var dh = ctx.get_saved_variables()[0];
        return [scope.MoveToOuter(dh.mul(grad_output.to(dh.dtype))), null!, null!, null!, null!, null!, null!];
    }
}
