namespace Distiller.Training.Torch;

/// <summary>AdamW over float32 parameters; the update is torch.optim.AdamW's.</summary>
public sealed class AdamW : IDisposable
{
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly double _decay;
    private readonly IReadOnlyList<double>? _rateFactors;

    /// <param name="rateFactors">By parameter, what the learning rate is multiplied by; null: nothing.</param>
    public AdamW(
        IReadOnlyList<Tensor> parameters,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        IReadOnlyList<double>? rateFactors = null
    )
    {
        if (rateFactors is not null && rateFactors.Count != parameters.Count)
        {
            throw new ArgumentException("There is to be one factor for each parameter.", nameof(rateFactors));
        }

        (_parameters, _beta1, _beta2, _eps, _decay) = (parameters, beta1, beta2, eps, weightDecay);
        _rateFactors = rateFactors;
        using var scope = torch.NewDisposeScope();
        FirstMoments = [.. parameters.Select(p => scope.Detach(torch.zeros_like(p, requires_grad: false)))];
        SecondMoments = [.. parameters.Select(p => scope.Detach(torch.zeros_like(p, requires_grad: false)))];
    }

    /// <summary>Running means of the gradients, in the parameters' order.</summary>
    public IReadOnlyList<Tensor> FirstMoments { get; private set; }

    /// <summary>Running means of the squared gradients.</summary>
    public IReadOnlyList<Tensor> SecondMoments { get; private set; }

    /// <summary>Number of completed optimizer steps.</summary>
    public long Steps { get; private set; }

    public void zero_grad()
    {
        foreach (var p in _parameters)
        {
            p.clear_grad();
        }
    }

    /// <summary>
    /// Scales the gradients so that their joint 2-norm is at most <paramref name="maxNorm"/>; returns the norm before
    /// scaling.
    /// </summary>
    public double clip_grad_norm(double maxNorm) => TensorExtensions.clip_grad_norm(_parameters, maxNorm);

    public void step(double learningRate)
    {
        using var pause = GcPause.Begin();
        using var off = torch.no_grad();
        Steps++;
        var correction1 = 1 - Math.Pow(_beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(_beta2, Steps));
        for (var i = 0; i < _parameters.Count; i++)
        {
            using var scope = torch.NewDisposeScope();
            var (p, m, v) = (_parameters[i], FirstMoments[i], SecondMoments[i]);
            if (p.grad is not { } g)
            {
                continue;
            }

            var rate = learningRate * (_rateFactors?[i] ?? 1);
            p.mul_(1 - rate * _decay);
            m.mul_(_beta1).add_(g, 1 - _beta1);
            v.mul_(_beta2).addcmul_(g, g, 1 - _beta2);
            p.addcdiv_(m, v.sqrt().div_(correction2).add_(_eps), -rate / correction1);
        }
    }

    /// <summary>Restores a saved state and takes ownership of the tensors.</summary>
    public void Restore(long steps, IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second)
    {
        if (first.Count != _parameters.Count || second.Count != _parameters.Count)
        {
            throw new ArgumentException("The saved moments are not of these parameters.", nameof(first));
        }

        Dispose();
        (Steps, FirstMoments, SecondMoments) = (steps, first, second);
    }

    public void Dispose()
    {
        foreach (var t in FirstMoments.Concat(SecondMoments))
        {
            t.Dispose();
        }
    }
}
