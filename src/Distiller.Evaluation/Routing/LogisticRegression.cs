using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Distiller.Evaluation.Routing;

/// <summary>
/// Logistic regression by Microsoft.ML (L-BFGS, one thread, so that the same rows give the same weights): its outputs are
/// probabilities, since that is what it minimizes the loss of.
/// </summary>
internal static class LogisticRegression
{
    /// <summary>A pull of each weight to 0: with few failures to learn from a feature must earn its weight.</summary>
    private const float L2 = 1;

    /// <param name="rows">N rows of F standardized features.</param>
    /// <returns>F weights and the bias.</returns>
    public static (double[] Weights, double Bias) Fit(IReadOnlyList<float[]> rows, IReadOnlyList<bool> labels)
    {
        var context = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(Point));
        schema[nameof(Point.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        var data = context.Data.LoadFromEnumerable(
            rows.Zip(labels, (features, label) => new Point { Features = features, Label = label }),
            schema
        );
        var trainer = context.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                L1Regularization = 0,
                L2Regularization = L2,
                OptimizationTolerance = 1e-7f,
                NumberOfThreads = 1,
            }
        );
        var model = trainer.Fit(data).Model;
        // Its own calibrator is part of what it says: p = 1 / (1 + exp(slope score + offset)).
        var (slope, offset) = (model.Calibrator.Slope, model.Calibrator.Offset);
        return ([.. model.SubModel.Weights.Select(w => -slope * w)], (-slope * model.SubModel.Bias) - offset);
    }

    public static double Score(float[] row, double[] weights, double bias)
    {
        var sum = bias;
        for (var i = 0; i < row.Length; i++)
        {
            sum += weights[i] * row[i];
        }

        return 1 / (1 + Math.Exp(-sum));
    }

    private sealed class Point
    {
        public bool Label { get; set; }

        public float[] Features { get; set; } = [];
    }
}
