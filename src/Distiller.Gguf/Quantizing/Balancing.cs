using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Gguf;

/// <summary>
/// Other factors of the same product, better suited to 32-wide blocks of one scale. With the singular value
/// decomposition BA = U S Vᵀ the balanced factors are S^1/2 Vᵀ and U S^1/2; an orthogonal rotation R of the rank space then
/// spreads the large components over all rows: (BR)(RᵀA) = BA, at no cost when the adapter is used.
/// </summary>
internal static class Balancing
{
    /// <summary>Components this much smaller than the largest are below what Gram matrices resolve, and far below 4 bits.</summary>
    private const double Negligible = 1e-6;

    /// <summary>Balances and rotates.</summary>
    /// <param name="a">A[r, in].</param>
    /// <param name="bt">B transposed, [r, out].</param>
    /// <param name="padded">Rank of the new factors, at least r.</param>
    /// <param name="weighted">A with its columns weighted: what the decomposition sees. A itself where nothing is weighted.</param>
    /// <returns>A'[padded, in] and B' transposed, [padded, out].</returns>
    public static (float[] A, float[] Bt) Rotate(
        float[] a,
        float[] bt,
        int width,
        int height,
        int padded,
        float[] weighted
    )
    {
        // With AAᵀ = Ra², BᵀB = Rb²: BA = Qb (Rb Ra) Qaᵀ for orthonormal Qa, Qb, so an r x r decomposition is enough:
        // Rb Ra = U S Vᵀ, A' = S^-1/2 Uᵀ Rb A, B' = B Ra V S^-1/2.
        var ra = SmallMatrix.Root(SmallMatrix.Gram(weighted, weighted, width));
        var rb = SmallMatrix.Root(SmallMatrix.Gram(bt, bt, height));
        var svd = rb.Multiply(ra).Svd();
        var largest = svd.S[0];
        var weights = svd.S.Map(s => s > Negligible * largest ? 1 / Math.Sqrt(s) : 0);
        var scale = Matrix<double>.Build.DenseOfDiagonalVector(weights);
        var rotation = SmallMatrix.Rotation(padded).SubMatrix(0, padded, 0, weights.Count);
        var left = rotation * scale * svd.U.Transpose() * rb;
        var right = rotation * scale * svd.VT * ra;
        return (SmallMatrix.Times(left, a, width), SmallMatrix.Times(right, bt, height));
    }
}
