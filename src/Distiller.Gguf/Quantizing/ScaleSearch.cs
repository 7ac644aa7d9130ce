using System.Runtime.Intrinsics;

namespace Distiller.Gguf;

/// <summary>Chooses the scale of a block: the half-precision number with the smallest squared error of a whole search.</summary>
internal static class ScaleSearch
{
    private const int Magnitudes = 17;
    private const float Least = 0.6f;
    private const float Most = 1.15f;

    /// <summary>Number of candidates per block.</summary>
    public const int Candidates = 2 * Magnitudes;

    /// <summary>
    /// Candidate <paramref name="index"/> in units of extreme/8: the extreme number may become code -8 (or, with the
    /// other sign, 7), and clipping it somewhat can be worth the finer steps for all others.
    /// </summary>
    public static float Factor(int index) =>
        (index % 2 == 0 ? -1 : 1) * (Least + ((Most - Least) * (index / 2) / (Magnitudes - 1))) / 8;

    /// <summary>The best scale for the 32 numbers of <paramref name="y"/>, as a half-precision number.</summary>
    /// <param name="weights">Of their squared errors; empty: all alike.</param>
    public static float Best(ReadOnlySpan<float> y, ReadOnlySpan<float> weights = default)
    {
        // A product with 1 is exact: without weights the sums are those of the plain formula, bit for bit.
        var (w0, w1, w2, w3) = weights.IsEmpty
            ? (Vector256<float>.One, Vector256<float>.One, Vector256<float>.One, Vector256<float>.One)
            : (
                Vector256.Create(weights),
                Vector256.Create(weights[8..]),
                Vector256.Create(weights[16..]),
                Vector256.Create(weights[24..])
            );
        var (y0, y1, y2, y3) = (
            Vector256.Create(y),
            Vector256.Create(y[8..]),
            Vector256.Create(y[16..]),
            Vector256.Create(y[24..])
        );
        var extreme = 0f;
        foreach (var v in y)
        {
            extreme = MathF.Max(extreme, MathF.Abs(v));
        }

        var (best, error) = (0f, float.MaxValue);
        for (var c = 0; c < Candidates; c++)
        {
            var scale = (float)(Half)(extreme * Factor(c));
            if (scale == 0)
            {
                continue;
            }

            var (q0, q1, q2, q3) = (Code(y0, scale), Code(y1, scale), Code(y2, scale), Code(y3, scale));
            Try(scale);
            // Least squares: with these codes, the scale that fits the numbers best.
            var norm = Vector256.Sum((q0 * q0 * w0) + (q1 * q1 * w1) + (q2 * q2 * w2) + (q3 * q3 * w3));
            var fit = Vector256.Sum((q0 * y0 * w0) + (q1 * y1 * w1) + (q2 * y2 * w2) + (q3 * y3 * w3));
            if (norm > 0)
            {
                Try((float)(Half)(fit / norm));
            }

            void Try(float s)
            {
                var v = Vector256.Create(s);
                var (e0, e1, e2, e3) = (y0 - (q0 * v), y1 - (q1 * v), y2 - (q2 * v), y3 - (q3 * v));
                var e = Vector256.Sum((e0 * e0 * w0) + (e1 * e1 * w1) + (e2 * e2 * w2) + (e3 * e3 * w3));
                if (e < error)
                {
                    (best, error) = (s, e);
                }
            }
        }

        return best;
    }

    /// <summary>Nearest codes -8..7.</summary>
    public static Vector256<float> Code(Vector256<float> y, float scale) =>
        Vector256.Min(
            Vector256.Max(Vector256.Round(y * Vector256.Create(1 / scale)), Vector256.Create(-8f)),
            Vector256.Create(7f)
        );
}
