using System.Runtime.InteropServices;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class Fused_blocks_agree_with_their_formulas
{
    private static readonly double[] X = GradientCheck.Numbers(3 * 2 * 8, 1);

    [Test]
    public void rms_norm_divides_by_the_root_of_the_mean_square()
    {
        var w = GradientCheck.Numbers(8, 2);
        using var scope = torch.NewDisposeScope();
        var y = Blocks.rms_norm(torch.tensor(X, [6, 8]), torch.tensor(w, [8]), 0.01).ToDoubles();
        for (var i = 0; i < y.Length; i++)
        {
            var row = X[(i / 8 * 8)..(i / 8 * 8 + 8)];
            y[i].ShouldBe(X[i] / Math.Sqrt(row.Average(v => v * v) + 0.01) * w[i % 8], 1e-12);
        }

        GradientCheck
            .Furthest(t => GradientCheck.Weighted(Blocks.rms_norm(t[0], t[1], 0.01)), (X, [6, 8]), (w, [8]))
            .ShouldBeLessThan(1e-8);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void rope_turns_pairs_by_their_angles_and_leaves_the_rest(bool neox)
    {
        // Three tokens, two heads of 8 values, of which the first 6 turn: 3 angles per token.
        var angles = GradientCheck.Numbers(3 * 3, 4);
        double[] cos = [.. angles.Select(Math.Cos)];
        double[] sin = [.. angles.Select(Math.Sin)];
        using var scope = torch.NewDisposeScope();
        Tensor Rope(Tensor x) => Blocks.rope(x, torch.tensor(cos, [3, 3]), torch.tensor(sin, [3, 3]), neox);

        var expected = X.ToArray();
        for (var (n, at) = (0, 0); n < 3; n++)
        {
            for (var h = 0; h < 2; h++, at += 8)
            {
                for (var i = 0; i < 3; i++)
                {
                    var (a, b) = neox ? (at + i, at + i + 3) : (at + 2 * i, at + 2 * i + 1);
                    var turned =
                        new System.Numerics.Complex(X[a], X[b])
                        * System.Numerics.Complex.FromPolarCoordinates(1, angles[n * 3 + i]);
                    (expected[a], expected[b]) = (turned.Real, turned.Imaginary);
                }
            }
        }

        Parity.Furthest(Rope(torch.tensor(X, [3, 2, 8])).ToDoubles(), expected).ShouldBeLessThan(1e-14);
        GradientCheck.Furthest(t => GradientCheck.Weighted(Rope(t[0])), (X, [3, 2, 8])).ShouldBeLessThan(1e-8);
    }

    [Test]
    public void swiglu_is_silu_of_the_gate_times_up()
    {
        double[] gate = [.. X.Select(x => 10 * x)];
        var up = GradientCheck.Numbers(X.Length, 5);
        using var scope = torch.NewDisposeScope();
        double[] expected = [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)];

        var exact = Blocks.swiglu(torch.tensor(gate, [48]), torch.tensor(up, [48]));
        Parity.Furthest(exact.ToDoubles(), expected).ShouldBeLessThan(1e-14);
        var single = Blocks.swiglu(
            torch.tensor(gate, [48]).to(ScalarType.Float32),
            torch.tensor(up, [48]).to(ScalarType.Float32)
        );
        Parity.Furthest(single.ToDoubles(), expected).ShouldBeLessThan(2e-6);
        GradientCheck
            .Furthest(t => GradientCheck.Weighted(Blocks.swiglu(t[0], t[1])), (gate, [6, 8]), (up, [6, 8]))
            .ShouldBeLessThan(1e-8);
    }

    [TestCase(ScalarType.Float64, 1e-12)]
    [TestCase(ScalarType.Float32, 1e-4)]
    public void cross_entropy_is_the_weighted_sum_even_for_extreme_logits(ScalarType type, double tolerance)
    {
        const int vocabulary = 5;
        double[] h = [.. GradientCheck.Numbers(4 * 3, 6).Select(x => 60 * x)]; // logits beyond e^88
        var w = GradientCheck.Numbers(vocabulary * 3, 7).Select(x => 2 * x).ToArray();
        long[] targets = [0, 4, 2, 2];
        double[] weights = [1, 0.5, 0, 3];
        using var scope = torch.NewDisposeScope();
        var (sum, nll) = Blocks.linear_cross_entropy(
            torch.tensor(h, [4, 3]).to(type),
            torch.tensor(w, [vocabulary, 3]).to(type),
            torch.tensor(targets, [4]),
            torch.tensor(weights, [4]).to(type)
        );

        var expected = new double[4];
        for (var i = 0; i < 4; i++)
        {
            double[] logits =
            [
                .. Enumerable
                    .Range(0, vocabulary)
                    .Select(v => Enumerable.Range(0, 3).Sum(d => h[i * 3 + d] * w[v * 3 + d])),
            ];
            expected[i] = logits.Max() + Math.Log(logits.Sum(l => Math.Exp(l - logits.Max()))) - logits[targets[i]];
        }

        expected.Max().ShouldBeGreaterThan(20);
        Parity.Furthest(nll.ToDoubles(), expected).ShouldBeLessThan(tolerance);
        sum.item().ShouldBe(expected.Zip(weights, (a, b) => a * b).Sum(), 4 * tolerance);
    }

    [Test]
    public void cross_entropy_has_the_gradient_of_its_value()
    {
        using var scope = torch.NewDisposeScope();
        Tensor Loss(Tensor[] t) =>
            Blocks
                .linear_cross_entropy(t[0], t[1], torch.tensor([3L, 0, 6, 6], [4]), torch.tensor([1.0, 0.5, 2, 0], [4]))
                .Sum.mul(0.7);
        GradientCheck
            .Furthest(Loss, (GradientCheck.Numbers(12, 8), [4, 3]), (GradientCheck.Numbers(21, 9), [7, 3]))
            .ShouldBeLessThan(1e-8);
    }

    [Test]
    public void a_target_outside_the_vocabulary_is_refused_before_memory_is_touched()
    {
        using var scope = torch.NewDisposeScope();
        var (h, w, weight) = (torch.zeros([1, 3]), torch.zeros([7, 3]), torch.zeros([1]));
        foreach (var target in new[] { -1L, 7 })
        {
            Should
                .Throw<ExternalException>(() => Blocks.linear_cross_entropy(h, w, torch.tensor([target], [1]), weight))
                .Message.ShouldContain("out of bounds");
        }
    }
}
