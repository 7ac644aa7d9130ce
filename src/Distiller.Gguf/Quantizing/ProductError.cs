using MathNet.Numerics.LinearAlgebra;

namespace Distiller.Gguf;

/// <summary>
/// ||B'A' - BA||_F / ||BA||_F without forming the products:
/// the squared distance is tr(B'ᵀB' A'A'ᵀ) - 2 tr(BᵀB' A'Aᵀ) + tr(BᵀB AAᵀ). What matters of an adapter is its product.
/// </summary>
internal sealed class ProductError
{
    private readonly float[] _a;
    private readonly float[] _bt;
    private readonly int _in;
    private readonly int _out;
    private readonly double _exact;

    /// <summary>Measures against the product of these factors.</summary>
    /// <param name="a">A[r, in].</param>
    /// <param name="bt">B transposed, [r, out].</param>
    /// <param name="width">in.</param>
    /// <param name="height">out.</param>
    public ProductError(float[] a, float[] bt, int width, int height)
    {
        (_a, _bt, _in, _out) = (a, bt, width, height);
        _exact = SmallMatrix.TraceOfProduct(SmallMatrix.Gram(bt, bt, height), SmallMatrix.Gram(a, a, width));
    }

    /// <summary>B A is zero: a fresh adapter.</summary>
    public bool IsZero => _exact == 0;

    public double Of(float[] a, float[] bt) =>
        Of(
            SmallMatrix.Gram(a, a, _in),
            SmallMatrix.Gram(a, _a, _in),
            SmallMatrix.Gram(bt, bt, _out),
            SmallMatrix.Gram(bt, _bt, _out)
        );

    /// <summary>The same from A'A'ᵀ, A'Aᵀ, B'ᵀB' and B'ᵀB, where they are known.</summary>
    public double Of(Matrix<double> aa, Matrix<double> ac, Matrix<double> bb, Matrix<double> bc)
    {
        var squared = SmallMatrix.TraceOfProduct(bb, aa) - (2 * SmallMatrix.TraceOfProduct(bc, ac)) + _exact;
        return Math.Sqrt(Math.Max(0, squared) / _exact);
    }
}
