using Distiller.Gguf;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Distiller.Tests.Quantizing;

/// <summary>Factors to quantize, from a seed.</summary>
internal static class SyntheticFactors
{
    public static LoraFactorPair Gauss(
        int rank,
        int width,
        int height,
        int seed = 1,
        string name = "blk.0.attn_q.weight"
    )
    {
        var g = new Random(seed);
        return new(
            name,
            rank,
            width,
            height,
            [.. Normals(g, rank * width).Select(v => (float)(v / Math.Sqrt(width)))],
            [.. Normals(g, height * rank).Select(v => (float)(v * 0.02))]
        );
    }

    /// <summary>
    /// Like trained ones: A is its uniform start plus a low-rank drift with outlier channels; B has a decaying spectrum
    /// and heavy-tailed rows.
    /// </summary>
    public static LoraFactorPair Trained(int rank, int width, int height, int seed = 1)
    {
        var g = new Random(seed);
        var spectrum = Enumerable.Range(0, rank).Select(k => Math.Exp(-k / 6.0)).ToArray();
        var u = Orthonormal(g, height, rank);
        var v = Orthonormal(g, width, rank);
        var r = Orthonormal(g, rank, rank);
        var inChannels = Normals(g, width).Select(x => Math.Exp(x * 0.5)).ToArray();
        var outChannels = Normals(g, height).Select(x => Math.Exp(x * 0.5)).ToArray();
        var drift = r.MapIndexed((_, k, x) => x * spectrum[k]) * v.Transpose();
        // MathNet maps in parallel: numbers are drawn before, in order.
        var start = Enumerable
            .Range(0, rank * width)
            .Select(_ => ((2 * g.NextDouble()) - 1) / Math.Sqrt(width))
            .ToArray();
        var a = drift.MapIndexed((k, c, x) => start[(k * width) + c] + (x * inChannels[c] * 0.6));
        var b = u.MapIndexed((_, k, x) => x * spectrum[k] * 0.5) * r.Transpose();
        var noise = Normals(g, height * rank);
        b = b.MapIndexed((o, k, x) => (x * outChannels[o]) + (noise[(o * rank) + k] * 0.0005));
        return new("blk.0.ffn_up.weight", rank, width, height, Floats(a), Floats(b));
    }

    /// <summary>Mostly zeros and a few numbers of very different size: blocks of zeros, of one outlier, and low rank.</summary>
    public static LoraFactorPair Spiked(int rank, int width, int height, int seed)
    {
        var g = new Random(seed);
        float Next() => g.Next(4) == 0 ? (float)((g.NextDouble() - 0.5) * Math.Pow(10, g.Next(-3, 3))) : 0;
        var a = Enumerable.Range(0, rank * width).Select(_ => Next()).ToArray();
        var b = Enumerable.Range(0, height * rank).Select(_ => Next()).ToArray();
        (a[0], b[0]) = (1, 1);
        return new("blk.0.attn_v.weight", rank, width, height, a, b);
    }

    /// <summary>||B'A' - BA||_F / ||BA||_F with both products formed in full.</summary>
    public static double DenseError(LoraFactorPair exact, QuantizedPair quantized)
    {
        var wanted = Product(exact.B, exact.A, exact.Rank, exact.In, exact.Out);
        var got = Product(quantized.B.Decode(), quantized.A.Decode(), quantized.Rank, exact.In, exact.Out);
        return (got - wanted).FrobeniusNorm() / wanted.FrobeniusNorm();
    }

    public static Matrix<double> Product(float[] b, float[] a, int rank, int width, int height) =>
        Rows(b, height, rank) * Rows(a, rank, width);

    private static DenseMatrix Rows(float[] x, int rows, int columns) =>
        DenseMatrix.Create(rows, columns, (i, j) => x[(i * columns) + j]);

    private static Matrix<double> Orthonormal(Random g, int rows, int columns)
    {
        var x = Normals(g, rows * columns);
        return DenseMatrix.Create(rows, columns, (i, j) => x[(i * columns) + j]).GramSchmidt().Q;
    }

    private static float[] Floats(Matrix<double> x) => [.. x.ToRowMajorArray().Select(v => (float)v)];

    private static double[] Normals(Random g, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => Math.Sqrt(-2 * Math.Log(1 - g.NextDouble())) * Math.Cos(2 * Math.PI * g.NextDouble())),
        ];
}
