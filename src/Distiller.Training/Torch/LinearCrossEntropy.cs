namespace Distiller.Training.Torch;

/// <summary>
/// Output projection and cross entropy in one, a chunk of positions at a time: the logits [n, V] of a whole batch never
/// exist together. The gradient is computed in the forward pass, while a chunk's logits exist.
/// </summary>
internal sealed class LinearCrossEntropy : torch.autograd.SingleTensorFunction<LinearCrossEntropy>
{
    private const long ChunkElements = 1 << 24; // 64 MiB of float32 logits

    private const string Wanted = "wanted";

    public override string Name => nameof(LinearCrossEntropy);

    /// <inheritdoc cref="Blocks.linear_cross_entropy"/>
    public static (Tensor Sum, Tensor Nll) Of(Tensor h, Tensor w, Tensor target, Tensor weight)
    {
        // Checked here because an exception thrown inside the native call would abort the process.
        if (
            h.dim() != 2
            || w.dim() != 2
            || h.shape[1] != w.shape[1]
            || h.shape[0] == 0
            || target.dim() != 1
            || target.shape[0] != h.shape[0]
            || weight.dim() != 1
            || weight.shape[0] != h.shape[0]
        )
        {
            throw new ArgumentException(
                $"h [{string.Join(", ", h.shape)}], w [{string.Join(", ", w.shape)}], target [{string.Join(", ", target.shape)}] "
                    + $"and weight [{string.Join(", ", weight.shape)}] do not belong together.",
                nameof(h)
            );
        }

        // Filled as a side effect instead of being a second output: TorchSharp would leak a wrapper for that output's
        // missing gradient.
        var nll = torch.empty([h.shape[0]], weight.dtype, weight.device);
        return (apply(h, w, target, weight, nll), nll);
    }

    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        var (h, w, target) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var (weight, nll) = ((Tensor)vars[3], (Tensor)vars[4]);
        using var scope = torch.NewDisposeScope();
        var (n, chunk) = (h.shape[0], Math.Max(16, ChunkElements / w.shape[0]));
        var (wantsH, wantsW) = (h.requires_grad, w.requires_grad);
        var dh = wantsH ? torch.empty_like(h) : null; // [n, D]
        var dw = wantsW ? torch.zeros_like(w) : null; // [V, D]
        for (var from = 0L; from < n; from += chunk)
        {
            using var one = torch.NewDisposeScope();
            var count = Math.Min(chunk, n - from);
            var part = h.narrow(0, from, count); // [c, D]
            var goal = target.narrow(0, from, count).unsqueeze(1); // [c, 1]
            var share = weight.narrow(0, from, count).unsqueeze(1); // [c, 1]
            var logits = part.mm(w.t()); // [c, V]
            var log = torch.special.log_softmax(logits, 1, Blocks.WideType(h)); // [c, V]
            logits.Dispose();
            nll.narrow(0, from, count).copy_(log.gather(1, goal).squeeze(1).neg_());
            if (!wantsH && !wantsW)
            {
                continue;
            }

            log.exp_().scatter_add_(1, goal, torch.full_like(share, -1)); // softmax - onehot
            var g = log.to(h.dtype); // [c, V]
            var narrow = share.to(h.dtype); // [c, 1]
            dh?.narrow(0, from, count).copy_(g.mm(w).mul_(narrow));
            dw?.addmm_(g.t(), part.mul(narrow));
        }

        // Only tensors that exist are saved: TorchSharp leaks a wrapper for each null.
        ctx.save_for_backward([.. new[] { dh, dw }.OfType<Tensor>().Select(t => scope.MoveToOuter(t))]);
        ctx.save_data(Wanted, (wantsH, wantsW));
        return scope.MoveToOuter(nll.mul(weight).sum());
    }

    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = torch.NewDisposeScope();
        var saved = new Queue<Tensor>(ctx.get_saved_variables());
        var (wantsH, wantsW) = ((bool, bool))ctx.get_data(Wanted);
        Tensor? Next(bool wanted) =>
            wanted && saved.Dequeue() is var t ? scope.MoveToOuter(t.mul(grad_output.to(t.dtype))) : null;
        return [Next(wantsH)!, Next(wantsW)!, null!, null!, null!];
    }
}
