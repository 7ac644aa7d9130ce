using System.Numerics;

namespace Distiller.Mining.Deduplicating;

/// <summary>
/// MinHash signatures (Broder 1997): the share of equal components of two signatures estimates the Jaccard similarity of
/// the two sets of shingles; its standard error at 128 components is at most 0.044.
/// </summary>
internal static class MinHash
{
    public const int Components = 128;

    /// <summary>Bands of the locality-sensitive hash; pairs of similarity 0.8 share one of 32 bands of 4 with p > 0.9999.</summary>
    public const int Bands = 32;

    private const int Rows = Components / Bands;

    private static readonly (ulong Factor, ulong Offset)[] Permutations = Draw();

    public static int[] Sign(IReadOnlyCollection<long> shingles)
    {
        var signature = new int[Components]; // [128]
        Array.Fill(signature, -1);
        foreach (var shingle in shingles)
        {
            for (var i = 0; i < Components; i++)
            {
                var (factor, offset) = Permutations[i];
                // Multiply-shift: an odd factor permutes 64 bits; the high half is the well-mixed one.
                var hash = (uint)((((ulong)shingle * factor) + offset) >> 32);
                signature[i] = (int)Math.Min((uint)signature[i], hash);
            }
        }

        return signature;
    }

    public static double Similarity(int[] a, int[] b)
    {
        var equal = 0;
        for (var i = 0; i < Components; i++)
        {
            equal += a[i] == b[i] ? 1 : 0;
        }

        return (double)equal / Components;
    }

    public static ulong Band(int[] signature, int band)
    {
        var hash = (ulong)band;
        for (var row = 0; row < Rows; row++)
        {
            hash = SplitMix64.Mix(hash ^ (uint)signature[(band * Rows) + row]);
        }

        return hash;
    }

    /// <summary>FNV-1a's low bits depend on low bits only, so it is mixed.</summary>
    public static ulong Hash(ReadOnlySpan<char> text) => SplitMix64.Mix(Fnv1a.Hash(text));

    private static (ulong Factor, ulong Offset)[] Draw()
    {
        var permutations = new (ulong, ulong)[Components];
        for (var i = 0; i < Components; i++)
        {
            permutations[i] = (
                SplitMix64.Mix((ulong)i * 2) | 1,
                BitOperations.RotateLeft(SplitMix64.Mix(((ulong)i * 2) + 1), 17)
            );
        }

        return permutations;
    }
}
