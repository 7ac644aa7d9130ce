using System.Numerics;
using System.Runtime.Intrinsics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Distiller.Gguf;

/// <summary>
/// The dense arithmetic of the codec: r x r matrices in double precision against r x n factors in single. Vectors have a
/// fixed width of 256 bits, so that the order of every sum, and with it every output byte, is the same on any machine.
/// </summary>
internal static class SmallMatrix
{
    /// <summary>X Y^T: [p, n] and [q, n] give [p, q], summed in double precision.</summary>
    public static DenseMatrix Gram(float[] x, float[] y, int n)
    {
        var (p, q) = (x.Length / n, y.Length / n);
        var result = new DenseMatrix(p, q);
        for (var i = 0; i < p; i++)
        {
            for (var j = ReferenceEquals(x, y) ? i : 0; j < q; j++)
            {
                result[i, j] = Dot(x.AsSpan(i * n, n), y.AsSpan(j * n, n));
                if (ReferenceEquals(x, y))
                {
                    result[j, i] = result[i, j];
                }
            }
        }

        return result;
    }

    /// <summary>T X: [p, q] times [q, n] gives [p, n].</summary>
    public static float[] Times(Matrix<double> t, float[] x, int n)
    {
        var result = new float[t.RowCount * n];
        for (var i = 0; i < t.RowCount; i++)
        {
            var to = result.AsSpan(i * n, n);
            for (var k = 0; k < t.ColumnCount; k++)
            {
                AddScaled(to, (float)t[i, k], x.AsSpan(k * n, n));
            }
        }

        return result;
    }

    /// <summary>to += factor * x.</summary>
    public static void AddScaled(Span<float> to, float factor, ReadOnlySpan<float> x)
    {
        var i = 0;
        var f = Vector256.Create(factor);
        for (; i <= to.Length - 8; i += 8)
        {
            (Vector256.Create(to[i..]) + (f * Vector256.Create(x[i..]))).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++)
        {
            to[i] += factor * x[i];
        }
    }

    /// <summary>tr(X Y) of symmetric X.</summary>
    public static double TraceOfProduct(Matrix<double> x, Matrix<double> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.RowCount; i++)
        {
            for (var j = 0; j < x.ColumnCount; j++)
            {
                sum += x[i, j] * y[i, j];
            }
        }

        return sum;
    }

    /// <summary>The symmetric square root of a matrix that is positive semi-definite but for rounding.</summary>
    public static Matrix<double> Root(Matrix<double> symmetric)
    {
        var e = symmetric.Evd(Symmetricity.Symmetric);
        var roots = e.EigenValues.Select(v => Math.Sqrt(Math.Max(0, v.Real))).ToArray();
        var scaled = e.EigenVectors.MapIndexed((_, j, v) => v * roots[j]);
        return scaled.TransposeAndMultiply(e.EigenVectors);
    }

    /// <summary>H + share * mean(diagonal) * I: makes a Gram matrix safely invertible.</summary>
    public static Matrix<double> Damped(Matrix<double> h, double share)
    {
        var add = Math.Max(share * h.Trace() / h.RowCount, double.Epsilon);
        return h.MapIndexed((i, j, v) => i == j ? v + add : v, Zeros.Include);
    }

    /// <summary>A Sylvester Hadamard matrix of orthonormal rows; for sizes m 2^k with odd m its product with an m-point DCT.</summary>
    public static Matrix<double> Rotation(int n)
    {
        var powerOfTwo = 1 << BitOperations.TrailingZeroCount(n);
        var m = n / powerOfTwo;
        return new DenseMatrix(n, n).MapIndexed(
            (i, j, _) =>
                (BitOperations.PopCount((uint)(i % powerOfTwo & (j % powerOfTwo))) % 2 == 0 ? 1 : -1)
                / Math.Sqrt(powerOfTwo)
                * Cosine(i / powerOfTwo, j / powerOfTwo, m),
            Zeros.Include
        );
    }

    /// <summary>Entry of the orthonormal DCT-II matrix of size m.</summary>
    private static double Cosine(int i, int j, int m) =>
        Math.Sqrt((i == 0 ? 1.0 : 2.0) / m) * Math.Cos(Math.PI * i * (j + 0.5) / m);

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var i = 0;
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (; i <= x.Length - 8; i += 8)
        {
            var (xl, xh) = Vector256.Widen(Vector256.Create(x[i..]));
            var (yl, yh) = Vector256.Widen(Vector256.Create(y[i..]));
            low += xl * yl;
            high += xh * yh;
        }

        var sum = Vector256.Sum(low + high);
        for (; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }
}
