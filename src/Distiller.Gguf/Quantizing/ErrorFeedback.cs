using System.Runtime.Intrinsics;
using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Gguf;

/// <summary>
/// Rounds one factor while the other is fixed. The error of the product is the factor's own error weighted by the other
/// factor's Gram matrix H, so the rounding error of rank component k is compensated, as far as possible, in the
/// components after it: with U upper triangular and H^-1 = U^T U, component j moves by -(error_k / U_kk) U_kj
/// (Frantar et al., GPTQ, 2022).
/// </summary>
internal static class ErrorFeedback
{
    private const double Damping = 1e-3;

    /// <summary>A[r, n], blocks along n; <paramref name="h"/> is B^T B.</summary>
    /// <param name="weights">
    /// Of the squared errors of the n columns; empty: all alike. They matter for the choice of scales alone, since feedback
    /// stays within a column.
    /// </param>
    public static CodedFactor RoundA(float[] target, int n, Matrix<double> h, ReadOnlySpan<float> weights = default)
    {
        var rank = h.RowCount;
        var u = Upper(h);
        var w = (float[])target.Clone();
        var result = new CodedFactor(rank, n, blocksAlongRows: true);
        var error = new float[n];
        for (var k = 0; k < rank; k++)
        {
            var row = w.AsSpan(k * n, n);
            for (var at = 0; at < n; at += Q4Block.Elements)
            {
                var first = (k * n) + at;
                var scale = ScaleSearch.Best(
                    row.Slice(at, Q4Block.Elements),
                    weights.IsEmpty ? default : weights.Slice(at, Q4Block.Elements)
                );
                result.Scales[first / Q4Block.Elements] = scale;
                for (var i = at; i < at + Q4Block.Elements; i += 8)
                {
                    var y = Vector256.Create(row[i..]);
                    // A block of zeros has scale zero and the code that means zero.
                    var q = scale == 0 ? Vector256<float>.Zero : ScaleSearch.Code(y, scale);
                    var value = q * Vector256.Create(scale);
                    Store(result, (k * n) + i, q, value);
                    ((y - value) * Vector256.Create(1 / u[k][k])).CopyTo(error.AsSpan(i));
                }
            }

            for (var j = k + 1; j < rank; j++)
            {
                SmallMatrix.AddScaled(w.AsSpan(j * n, n), -u[k][j], error);
            }
        }

        return result;
    }

    /// <summary>
    /// B transposed, [r, n], blocks of 32 rank components; <paramref name="h"/> is A A^T. Every candidate scale is judged
    /// by the loss after feedback. Eight output rows go side by side in one vector.
    /// </summary>
    public static CodedFactor RoundB(float[] target, int n, Matrix<double> h)
    {
        var rank = h.RowCount;
        var u = Upper(h);
        var result = new CodedFactor(rank, n, blocksAlongRows: false);
        var lanes = Vector256<float>.Count;
        var w = new Vector256<float>[rank];
        var trial = new Vector256<float>[Q4Block.Elements];
        for (var column = 0; column < n; column += lanes)
        {
            // The last columns of an odd width are worked on together with their left neighbours once more.
            var from = Math.Max(0, Math.Min(column, n - lanes));
            for (var k = 0; k < rank; k++)
            {
                w[k] = Load(target, (k * n) + from, Math.Min(lanes, n));
            }

            for (var group = 0; group < rank; group += Q4Block.Elements)
            {
                var scale = BestScale(w.AsSpan(group, Q4Block.Elements), trial, u, group);
                StoreLanes(scale, result.Scales, (group / Q4Block.Elements * n) + from, Math.Min(lanes, n));
                for (var k = group; k < group + Q4Block.Elements; k++)
                {
                    var q = Code(w[k], scale, Inverse(scale));
                    var value = q * scale;
                    StoreLanes(value, result.Values, (k * n) + from, Math.Min(lanes, n));
                    for (var lane = 0; lane < Math.Min(lanes, n); lane++)
                    {
                        result.Codes[(k * n) + from + lane] = (byte)((int)q[lane] + 8);
                    }

                    var e = (w[k] - value) * Vector256.Create(1 / u[k][k]);
                    for (var j = k + 1; j < rank; j++)
                    {
                        w[j] -= e * Vector256.Create(u[k][j]);
                    }
                }
            }
        }

        return result;
    }

    private static Vector256<float> BestScale(
        ReadOnlySpan<Vector256<float>> w,
        Vector256<float>[] trial,
        float[][] u,
        int group
    )
    {
        var extreme = Vector256<float>.Zero;
        foreach (var v in w)
        {
            extreme = Vector256.Max(extreme, Vector256.Abs(v));
        }

        var best = Vector256<float>.Zero;
        var least = Vector256.Create(float.MaxValue);
        for (var c = 0; c < ScaleSearch.Candidates; c++)
        {
            var scale = ToHalfAndBack(extreme * Vector256.Create(ScaleSearch.Factor(c)));
            var inverse = Inverse(scale);
            var loss = Vector256<float>.Zero;
            w.CopyTo(trial);
            for (var k = 0; k < trial.Length; k++)
            {
                var row = u[group + k];
                var e = (trial[k] - (Code(trial[k], scale, inverse) * scale)) * Vector256.Create(1 / row[group + k]);
                loss += e * e;
                for (var j = k + 1; j < trial.Length; j++)
                {
                    trial[j] -= e * Vector256.Create(row[group + j]);
                }
            }

            var better = Vector256.LessThan(loss, least);
            best = Vector256.ConditionalSelect(better, scale, best);
            least = Vector256.ConditionalSelect(better, loss, least);
        }

        return best;
    }

    /// <summary>Rows of U.</summary>
    private static float[][] Upper(Matrix<double> h)
    {
        var lower = SmallMatrix.Damped(h, Damping).Cholesky().Solve(Matrix<double>.Build.DenseIdentity(h.RowCount));
        var factor = ((lower + lower.Transpose()) / 2).Cholesky().Factor;
        return [.. Enumerable.Range(0, h.RowCount).Select(k => factor.Column(k).Select(v => (float)v).ToArray())];
    }

    private static Vector256<float> Code(Vector256<float> y, Vector256<float> scale, Vector256<float> inverse) =>
        Vector256.Min(Vector256.Max(Vector256.Round(y * inverse), Vector256.Create(-8f)), Vector256.Create(7f));

    private static Vector256<float> Inverse(Vector256<float> scale) =>
        Vector256.ConditionalSelect(
            Vector256.Equals(scale, Vector256<float>.Zero),
            Vector256<float>.Zero,
            Vector256<float>.One / scale
        );

    private static Vector256<float> ToHalfAndBack(Vector256<float> v)
    {
        var result = v;
        for (var i = 0; i < Vector256<float>.Count; i++)
        {
            result = result.WithElement(i, (float)(Half)v[i]);
        }

        return result;
    }

    private static Vector256<float> Load(float[] from, int at, int count)
    {
        Span<float> lanes = stackalloc float[Vector256<float>.Count];
        from.AsSpan(at, count).CopyTo(lanes);
        return Vector256.Create<float>(lanes);
    }

    private static void StoreLanes(Vector256<float> v, float[] to, int at, int count)
    {
        for (var i = 0; i < count; i++)
        {
            to[at + i] = v[i];
        }
    }

    private static void Store(CodedFactor to, int at, Vector256<float> q, Vector256<float> value)
    {
        value.CopyTo(to.Values.AsSpan(at));
        for (var i = 0; i < Vector256<float>.Count; i++)
        {
            to.Codes[at + i] = (byte)((int)q[i] + 8);
        }
    }
}
