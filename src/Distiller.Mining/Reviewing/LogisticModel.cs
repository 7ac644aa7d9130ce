using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Mining.Reviewing;

/// <summary>
/// Logistic regression with a ridge: <c>p = 1 / (1 + exp(-w·z))</c> with z the features at mean 0 and deviation 1, w by Newton's
/// method. The same rows give the same numbers.
/// </summary>
internal sealed class LogisticModel
{
    private const double Ridge = 1;
    private const int StepsMax = 30;

    private readonly double[] _means;
    private readonly double[] _deviations;
    private readonly Vector<double> _weights;

    private LogisticModel(double[] means, double[] deviations, Vector<double> weights)
    {
        _means = means;
        _deviations = deviations;
        _weights = weights;
    }

    /// <param name="rows">N rows of F features and whether it worked; both answers must occur.</param>
    public static LogisticModel Fit(IReadOnlyList<(double[] Features, bool Worked)> rows)
    {
        var features = rows[0].Features.Length;
        var means = new double[features];
        var deviations = new double[features];
        for (var f = 0; f < features; f++)
        {
            means[f] = rows.Average(r => r.Features[f]);
            deviations[f] = Math.Sqrt(rows.Average(r => Math.Pow(r.Features[f] - means[f], 2)));
        }

        var x = Matrix<double>.Build.DenseOfRows(rows.Select(r => Scaled(r.Features, means, deviations))); // N x (F + 1)
        var y = Vector<double>.Build.DenseOfEnumerable(rows.Select(r => r.Worked ? 1.0 : 0)); // N
        // The constant is not held back.
        var ridge = Matrix<double>.Build.DenseDiagonal(features + 1, features + 1, i => i == 0 ? 1e-6 : Ridge);
        var weights = Vector<double>.Build.Dense(features + 1);
        for (var step = 0; step < StepsMax; step++)
        {
            var p = (x * weights).Map(Sigmoid); // N
            var slope = (x.TransposeThisAndMultiply(y - p)) - (ridge * weights); // F + 1
            var weighted = x.MapIndexed((i, _, v) => v * Math.Max(p[i] * (1 - p[i]), 1e-9));
            var move = (x.TransposeThisAndMultiply(weighted) + ridge).Cholesky().Solve(slope);
            weights += move;
            if (move.L2Norm() < 1e-8)
            {
                break;
            }
        }

        return new LogisticModel(means, deviations, weights);
    }

    /// <summary>How probable it is that a task of these features worked, 0 to 1.</summary>
    public double Probability(double[] features) =>
        Sigmoid(_weights.DotProduct(Vector<double>.Build.DenseOfEnumerable(Scaled(features, _means, _deviations))));

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    private static IEnumerable<double> Scaled(double[] features, double[] means, double[] deviations) =>
        features.Select((v, f) => deviations[f] > 0 ? (v - means[f]) / deviations[f] : 0).Prepend(1);
}
