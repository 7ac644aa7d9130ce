using Distiller.Pretraining;
using Distiller.Tests.Training;
using Distiller.Training.Torch;
using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Tests.Pretraining;

internal sealed class Muon_makes_its_updates_nearly_orthogonal
{
    private const double Rate = 0.03;
    private const double Momentum = 0.95;
    private const double Decay = 0.01;

    [TestCase(24, 64)]
    [TestCase(64, 24)]
    [TestCase(1, 8)]
    [TestCase(32, 32)]
    public void keeping_singular_vectors_and_bringing_singular_values_near_one(int rows, int columns)
    {
        var first = Conditioned(rows, columns, 1);
        var second = Conditioned(rows, columns, 2);
        using var scope = torch.NewDisposeScope();
        var w = torch.tensor(GradientCheck.Numbers(rows * columns, 3), [rows, columns]);
        w.requires_grad = true;
        using var muon = new Muon([w], Momentum, Decay);

        // Nesterov: the step looks one gradient ahead of the momentum.
        var momentum = Matrix<double>.Build.Dense(rows, columns);
        foreach (var gradient in new[] { first, second })
        {
            momentum = Momentum * momentum + gradient;
            var before = Read(w);
            Step(muon, w, gradient);
            var scale = Rate * Math.Sqrt(Math.Max(1, rows / (double)columns));
            var update = (before * (1 - Rate * Decay) - Read(w)) / scale;

            (update - Orthogonalised(gradient + Momentum * momentum)).L2Norm().ShouldBeLessThan(1e-9);
            update.Svd().S.ShouldAllBe(s => s > 0.65 && s < 1.25);
        }

        (momentum - Matrix<double>.Build.DenseOfRowMajor(rows, columns, muon.Momenta[0].ToDoubles()))
            .L2Norm()
            .ShouldBeLessThan(1e-12);
    }

    [Test]
    public void a_matrix_without_a_gradient_stays_and_one_with_a_zero_gradient_only_decays()
    {
        using var scope = torch.NewDisposeScope();
        var (still, zero) = (torch.tensor([1.0, 2, 3, 4], [2, 2]), torch.tensor([1.0, 2, 3, 4], [2, 2]));
        (still.requires_grad, zero.requires_grad) = (true, true);
        using var muon = new Muon([still, zero], Momentum, Decay);
        zero.mul(0).sum().backward();
        muon.step(Rate);
        still.ToDoubles().ShouldBe([1, 2, 3, 4]);
        Parity
            .Furthest(zero.ToDoubles(), new[] { 1.0, 2, 3, 4 }.Select(x => x * (1 - Rate * Decay)))
            .ShouldBeLessThan(1e-12);
    }

    [Test]
    public void what_is_no_matrix_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var vector = torch.tensor([1.0, 2], [2]);
        vector.requires_grad = true;
        Should.Throw<ArgumentException>(() => new Muon([vector], Momentum, Decay)).Message.ShouldContain("matrices");
    }

    /// <summary>P f(S) Q' of X = P S Q': the polynomial, of float32 coefficients, acts on each singular value by itself.</summary>
    private static Matrix<double> Orthogonalised(Matrix<double> x)
    {
        var svd = x.Svd();
        var norm = x.FrobeniusNorm() + 1e-7;
        var values = svd.S.Map(s =>
        {
            var y = s / norm;
            for (var i = 0; i < 5; i++)
            {
                y = 3.4445f * y - 4.7750f * Math.Pow(y, 3) + 2.0315f * Math.Pow(y, 5);
            }

            return y;
        });
        var diagonal = Matrix<double>.Build.DenseDiagonal(x.RowCount, x.ColumnCount, i => values[i]);
        return svd.U * diagonal * svd.VT;
    }

    private static void Step(Muon muon, Tensor w, Matrix<double> gradient)
    {
        w.clear_grad();
        w.mul(torch.tensor(gradient.ToRowMajorArray(), [gradient.RowCount, gradient.ColumnCount])).sum().backward();
        muon.step(Rate);
    }

    private static Matrix<double> Read(Tensor w) =>
        Matrix<double>.Build.DenseOfRowMajor((int)w.shape[0], (int)w.shape[1], w.ToDoubles());

    /// <summary>With singular values from 1 to 3: five iterations are enough for these.</summary>
    private static Matrix<double> Conditioned(int rows, int columns, int seed)
    {
        var svd = Matrix<double>
            .Build.DenseOfRowMajor(rows, columns, GradientCheck.Numbers(rows * columns, seed))
            .Svd();
        return svd.U
            * Matrix<double>.Build.DenseDiagonal(rows, columns, i => 1 + 2.0 * i / Math.Min(rows, columns))
            * svd.VT;
    }
}
