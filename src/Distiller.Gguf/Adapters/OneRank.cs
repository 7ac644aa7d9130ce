using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// Factors of different ranks and scales as an adapter of one rank and one alpha, with the same products: a smaller rank is
/// filled up with zeros, and a scale s beside the adapter's s0 goes into B, s BA = s0 (s/s0 B) A.
/// </summary>
internal static class OneRank
{
    /// <param name="pairs">At least one; each with the factor before its product, above zero.</param>
    /// <param name="alpha">Used where it gives every pair's scale as it is, so that nothing is rounded.</param>
    public static LoraWeights Of(IReadOnlyList<(LoraFactorPair Pair, double Scale)> pairs, float alpha)
    {
        var rank = pairs.Max(p => p.Pair.Rank);
        var given = (double)alpha / rank;
        if (pairs.All(p => p.Pair.Rank == rank && p.Scale == given))
        {
            return new LoraWeights(rank, alpha, [.. pairs.Select(p => p.Pair)]);
        }

        var common = (float)(pairs[0].Scale * rank);
        return new LoraWeights(
            rank,
            common,
            [.. pairs.Select(p => Filled(p.Pair, rank, p.Scale / (common / (double)rank)))]
        );
    }

    private static LoraFactorPair Filled(LoraFactorPair pair, int rank, double factor)
    {
        if (Math.Max(pair.In, pair.Out) * (long)rank > int.MaxValue)
        {
            throw new BadInputException(
                new SourceLocation(pair.BaseTensor, 0),
                $"At the adapter's largest rank, {rank}, its factors would have more than 2^31 numbers.",
                "Train it with ranks that differ less."
            );
        }

        var a = new float[(long)rank * pair.In]; // [R, in]
        pair.A.CopyTo(a, 0);
        var b = new float[(long)pair.Out * rank]; // [out, R]
        for (var row = 0; row < pair.Out; row++)
        {
            for (var k = 0; k < pair.Rank; k++)
            {
                b[(row * rank) + k] = (float)(pair.B[(row * pair.Rank) + k] * factor);
            }
        }

        return new LoraFactorPair(pair.BaseTensor, rank, pair.In, pair.Out, a, b);
    }
}
