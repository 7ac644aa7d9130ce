namespace Distiller.Training.Torch;

/// <summary>
/// Muon over float32 matrices (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): Nesterov momentum, made
/// nearly orthogonal by five Newton-Schulz iterations, times sqrt(max(1, rows / columns)).
/// </summary>
public sealed unsafe class Muon : IDisposable
{
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly double _momentum;
    private readonly double _decay;

    /// <param name="weightDecay">Weights shrink by this times the rate each step.</param>
    public Muon(IReadOnlyList<Tensor> parameters, double momentum, double weightDecay)
    {
        (_parameters, _momentum, _decay) = (parameters, momentum, weightDecay);
        using var scope = torch.NewDisposeScope();
        Momenta = [.. parameters.Select(p => scope.Detach(torch.zeros(p.shape, p.dtype, p.device)))];
    }

    /// <summary>Decaying sums of the gradients, in the parameters' order.</summary>
    public IReadOnlyList<Tensor> Momenta { get; private set; }

    public void step(double learningRate)
    {
        fixed (nint* p = torch.Handles(_parameters))
        fixed (nint* m = torch.Handles(Momenta))
        {
            Native.Check(Native.dt_muon(p, m, _parameters.Count, learningRate, _momentum, _decay));
            GC.KeepAlive(this);
        }
    }

    /// <summary>Takes up a saved state; the tensors are owned from here on.</summary>
    public void Restore(IReadOnlyList<Tensor> momenta)
    {
        if (momenta.Count != _parameters.Count)
        {
            throw new ArgumentException("The saved momenta are not of these parameters.", nameof(momenta));
        }

        Dispose();
        Momenta = momenta;
    }

    public void Dispose()
    {
        foreach (var t in Momenta)
        {
            t.Dispose();
        }
    }
}
