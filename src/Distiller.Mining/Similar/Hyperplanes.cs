using System.Numerics.Tensors;

namespace Distiller.Mining.Similar;

/// <summary>
/// Locality-sensitive hashing for cosines: each bit of a key says on which side of a random hyperplane a vector lies
/// (Charikar, "Similarity Estimation Techniques from Rounding Algorithms", 2002). Two vectors at cosine 0.998 lie 3.6 degrees
/// apart, so one bit is the same with probability 0.98, all 24 of a band with 0.61, and at least one of 16 bands with more than
/// 0.999999.
/// </summary>
/// <param name="width">Numbers in a vector.</param>
public sealed class Hyperplanes(int width)
{
    private const int BandCount = 16;
    private const int BitsPerBand = 24;

    private readonly float[][] _normals =
    [
        .. Enumerable.Range(0, BandCount * BitsPerBand).Select(i => Normal(i, width)),
    ];

    /// <returns>One key per band; those of different bands differ.</returns>
    public long[] Bands(ReadOnlySpan<float> vector)
    {
        var keys = new long[BandCount];
        for (var band = 0; band < BandCount; band++)
        {
            var key = (long)band << BitsPerBand;
            for (var bit = 0; bit < BitsPerBand; bit++)
            {
                if (TensorPrimitives.Dot(_normals[(band * BitsPerBand) + bit], vector) > 0)
                {
                    key |= 1L << bit;
                }
            }

            keys[band] = key;
        }

        return keys;
    }

    /// <summary>Of plus and minus ones, the same everywhere (SplitMix64).</summary>
    private static float[] Normal(int number, int width)
    {
        var state = (ulong)number * 0x9e3779b97f4a7c15UL;
        var normal = new float[width];
        for (var i = 0; i < width; i++)
        {
            state += 0x9e3779b97f4a7c15UL;
            var z = state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
            normal[i] = ((z ^ (z >> 31)) & 1) == 0 ? 1 : -1;
        }

        return normal;
    }
}
