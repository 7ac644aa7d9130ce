using Distiller.Training.Torch;

namespace Distiller.Pretraining;

/// <summary>
/// Muon over float32 matrices (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): Nesterov momentum, made
/// nearly orthogonal by five Newton-Schulz iterations, times sqrt(max(1, rows / columns)).
/// </summary>
public sealed class Muon : IDisposable
{
    // Jordan's coefficients: x <- First x + Second (x x^T) x + Third (x x^T)^2 x.
    private const float First = 3.4445f;
    private const float Second = -4.7750f;
    private const float Third = 2.0315f;
    private const int Iterations = 5;

    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly double _momentum;
    private readonly double _decay;

    /// <param name="weightDecay">Each step shrinks the weights by this factor times the rate.</param>
    public Muon(IReadOnlyList<Tensor> parameters, double momentum, double weightDecay)
    {
        if (parameters.Any(p => p.dim() != 2))
        {
            throw new ArgumentException("Muon takes matrices only.", nameof(parameters));
        }

        (_parameters, _momentum, _decay) = (parameters, momentum, weightDecay);
        using var scope = torch.NewDisposeScope();
        Momenta = [.. parameters.Select(p => scope.Detach(torch.zeros_like(p, requires_grad: false)))];
    }

    /// <summary>Decaying sums of the gradients, in the parameters' order.</summary>
    public IReadOnlyList<Tensor> Momenta { get; private set; }

    public void step(double learningRate)
    {
        using var pause = GcPause.Begin();
        using var off = torch.no_grad();
        foreach (var (p, b) in _parameters.Zip(Momenta))
        {
            using var scope = torch.NewDisposeScope();
            if (p.grad is not { } g)
            {
                continue;
            }

            b.mul_(_momentum).add_(g);
            var x = g.add(b, _momentum); // [rows, columns]
            var (rows, columns) = (p.shape[0], p.shape[1]);
            x = rows > columns ? x.t().contiguous() : x; // wide, so that x x^T is the smaller product
            x.div_(x.norm().add_(1e-7));
            for (var k = 0; k < Iterations; k++)
            {
                var a = x.mm(x.t());
                x = torch.addmm(x, torch.addmm(a, a, a, Second, Third), x, First, 1);
            }

            var scale = Math.Sqrt(Math.Max(1.0, (double)rows / columns));
            p.mul_(1 - learningRate * _decay).add_(rows > columns ? x.t() : x, -learningRate * scale);
        }
    }

    /// <summary>Restores a saved state and takes ownership of the tensors.</summary>
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
