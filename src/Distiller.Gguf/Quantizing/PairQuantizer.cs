using System.Diagnostics;
using Distiller.Core;
using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Gguf;

/// <summary>
/// Quantizes one pair. From balanced, rotated factors it alternates: fit one factor by least squares to the fixed other
/// so that the product is nearest to the original's, round it with error feedback, and the other way round. The best
/// state seen, by the error of the product, is kept; plain rounding is one of the states.
/// </summary>
internal sealed class PairQuantizer
{
    private const int Rounds = 12;
    private const double Ridge = 1e-6;

    private readonly LoraFactorPair _pair;
    private readonly int _rank;
    private readonly float[] _bt;
    private readonly float[] _weights;
    private readonly float[] _weightedA;
    private readonly ProductError _error;

    /// <param name="importance">
    /// Mean square of each input, [in]; null: all inputs count alike. What is minimized is then the error of B'A'D, where D
    /// holds the roots: as far as inputs are uncorrelated, the squared error of the change's output.
    /// </param>
    public PairQuantizer(LoraFactorPair pair, float[]? importance = null)
    {
        RequireFinite(pair, pair.A, nameof(pair.A));
        RequireFinite(pair, pair.B, nameof(pair.B));
        _pair = pair;
        _rank = PaddedRank(pair.Rank);
        _bt = Transposed(pair.B, pair.Out, pair.Rank);
        _weights = importance is null ? [] : Weights(pair, importance);
        _weightedA = Weighted(pair.A);
        _error = new ProductError(_weightedA, _bt, pair.In, pair.Out);
    }

    public static int PaddedRank(int rank) => (rank + Q4Block.Elements - 1) / Q4Block.Elements * Q4Block.Elements;

    /// <summary>Rounds the pair by the method; its errors are those of the stored bytes.</summary>
    public QuantizedPair Quantize(QuantizationMethod method = QuantizationMethod.Distiller)
    {
        var plainA = QuantizedFactor.Plain(Padded(_pair.A, _pair.In), _rank, _pair.In);
        var plainB = QuantizedFactor.Plain(Transposed(Padded(_bt, _pair.Out), _rank, _pair.Out), _pair.Out, _rank);
        if (_error.IsZero)
        {
            var zero = QuantizedFactor.Plain(new float[_pair.Out * _rank], _pair.Out, _rank);
            return Checked(new QuantizedPair(_pair.BaseTensor, _rank, plainA, zero, 0, 0));
        }

        var plainError = Measured(plainA, plainB);
        var (a, b) = method switch
        {
            QuantizationMethod.Q4_0 => (plainA, plainB),
            QuantizationMethod.Iq4Nl => NonLinear(),
            _ => _pair.In % Q4Block.Elements == 0 ? Alternate() : FitBOnly(),
        };
        var error = Measured(a, b);
        if (method is QuantizationMethod.Distiller && !(error <= plainError))
        {
            (a, b, error) = (plainA, plainB, plainError);
        }

        return Checked(
            _weights.Length == 0
                ? new QuantizedPair(_pair.BaseTensor, _rank, a, b, plainError, error)
                : new QuantizedPair(
                    _pair.BaseTensor,
                    _rank,
                    a,
                    b,
                    Unweighted(plainA, plainB),
                    Unweighted(a, b),
                    new WeightedError(plainError, error)
                )
        );
    }

    private (QuantizedFactor A, QuantizedFactor B) NonLinear() =>
        (
            QuantizedFactor.NonLinear(Padded(_pair.A, _pair.In), _rank, _pair.In),
            QuantizedFactor.NonLinear(Transposed(Padded(_bt, _pair.Out), _rank, _pair.Out), _pair.Out, _rank)
        );

    private (QuantizedFactor A, QuantizedFactor B) Alternate()
    {
        var (startA, startBt) = Balancing.Rotate(_pair.A, _bt, _pair.In, _pair.Out, _rank, _weightedA);
        var a = ErrorFeedback.RoundA(startA, _pair.In, SmallMatrix.Gram(startBt, startBt, _pair.Out), _weights);
        var (bestA, bestB, least) = (a, (CodedFactor?)null, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var before = least;
            // aa = A'A'ᵀ, ac = A'Aᵀ, of weighted columns; B'ᵀ = (A'A'ᵀ)^-1 (A'Aᵀ) Bᵀ
            var (aa, ac) = GramsOfA(a.Values);
            var b = ErrorFeedback.RoundB(SmallMatrix.Times(Fit(aa, ac), _bt, _pair.Out), _pair.Out, aa);
            var bb = SmallMatrix.Gram(b.Values, b.Values, _pair.Out);
            var bc = SmallMatrix.Gram(b.Values, _bt, _pair.Out);
            Keep(a, b, _error.Of(aa, ac, bb, bc));

            // A' = (B'ᵀB')^-1 (B'ᵀB) A, column by column: the columns' weights cancel.
            a = ErrorFeedback.RoundA(SmallMatrix.Times(Fit(bb, bc), _pair.A, _pair.In), _pair.In, bb, _weights);
            (aa, ac) = GramsOfA(a.Values);
            Keep(a, b, _error.Of(aa, ac, bb, bc));
            if (least > before * 0.9995)
            {
                break;
            }
        }

        Debug.Assert(bestB is not null, "At least one round was run.");
        return (
            new QuantizedFactor(GgmlType.Q4_0, _rank, _pair.In, bestA.Pack()),
            new QuantizedFactor(GgmlType.Q4_0, _pair.Out, _rank, bestB.Pack())
        );

        void Keep(CodedFactor a, CodedFactor b, double error)
        {
            if (error < least)
            {
                (bestA, bestB, least) = (a, b, error);
            }
        }
    }

    /// <summary>Rows of A that are no multiple of 32 long stay in half precision; only B is fitted and rounded.</summary>
    private (QuantizedFactor A, QuantizedFactor B) FitBOnly()
    {
        var (start, _) = Balancing.Rotate(_pair.A, _bt, _pair.In, _pair.Out, _rank, _weightedA);
        var a = QuantizedFactor.Halves(start, _rank, _pair.In);
        var (aa, ac) = GramsOfA(a.Decode());
        var b = ErrorFeedback.RoundB(SmallMatrix.Times(Fit(aa, ac), _bt, _pair.Out), _pair.Out, aa);
        return (a, new QuantizedFactor(GgmlType.Q4_0, _pair.Out, _rank, b.Pack()));
    }

    private static Matrix<double> Fit(Matrix<double> gram, Matrix<double> cross) =>
        SmallMatrix.Damped(gram, Ridge).Cholesky().Solve(cross);

    private (Matrix<double> Own, Matrix<double> Cross) GramsOfA(float[] values)
    {
        var weighted = Weighted(values);
        return (SmallMatrix.Gram(weighted, weighted, _pair.In), SmallMatrix.Gram(weighted, _weightedA, _pair.In));
    }

    private double Measured(QuantizedFactor a, QuantizedFactor b) =>
        _error.Of(Weighted(a.Decode()), Transposed(b.Decode(), _pair.Out, _rank));

    private double Unweighted(QuantizedFactor a, QuantizedFactor b) =>
        new ProductError(_pair.A, _bt, _pair.In, _pair.Out).Of(a.Decode(), Transposed(b.Decode(), _pair.Out, _rank));

    /// <summary>The columns of [.., in] times the roots of their weights; the same array where there are none.</summary>
    private float[] Weighted(float[] rows)
    {
        if (_weights.Length == 0)
        {
            return rows;
        }

        var result = new float[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            result[i] = rows[i] * MathF.Sqrt(_weights[i % _pair.In]);
        }

        return result;
    }

    /// <summary>
    /// The importance in units of its mean. An input that was silent in the calibration text may speak elsewhere: it keeps a
    /// little weight, so that its column is not given up.
    /// </summary>
    private static float[] Weights(LoraFactorPair pair, float[] importance)
    {
        const float Least = 1e-3f;
        var mean = importance.Length == pair.In ? importance.Average(v => (double)v) : double.NaN;
        return mean > 0 && double.IsFinite(mean) && importance.All(v => v >= 0)
            ? [.. importance.Select(v => Math.Max(Least, (float)(v / mean)))]
            : throw new BadInputException(
                new SourceLocation(pair.BaseTensor, 0),
                $"The importance of its {pair.In} inputs is not that of a text.",
                "Calibrate with a text that the base can read."
            );
    }

    /// <summary>Refuses infinite scales, which would silently corrupt the logits on the edge.</summary>
    private static QuantizedPair Checked(QuantizedPair pair) =>
        pair.A.Decode().All(float.IsFinite) && pair.B.Decode().All(float.IsFinite) && double.IsFinite(pair.Error)
            ? pair
            : throw new BadInputException(
                new SourceLocation(pair.BaseTensor, 0),
                "The factors are too large for half-precision scales.",
                "The training diverged: train again with a lower learning rate."
            );

    private float[] Padded(float[] rows, int n)
    {
        var padded = new float[_rank * n];
        rows.CopyTo(padded, 0);
        return padded;
    }

    private static float[] Transposed(float[] x, int rows, int columns)
    {
        var result = new float[x.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                result[(j * rows) + i] = x[(i * columns) + j];
            }
        }

        return result;
    }

    private static void RequireFinite(LoraFactorPair pair, float[] factor, string name)
    {
        var at = Array.FindIndex(factor, v => !float.IsFinite(v));
        if (at >= 0)
        {
            throw new BadInputException(
                new SourceLocation(pair.BaseTensor, 0),
                $"Number {at} of {name} is {factor[at]}.",
                "The training diverged: train again with a lower learning rate."
            );
        }
    }
}
