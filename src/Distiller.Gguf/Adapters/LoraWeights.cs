namespace Distiller.Gguf;

/// <summary>
/// A whole adapter in memory. One rank for all pairs; the change of a weight is scaled by <c>Alpha / Rank</c>.
/// </summary>
public sealed record LoraWeights(int Rank, float Alpha, IReadOnlyList<LoraFactorPair> Pairs)
{
    /// <summary>The pairs, in order; every base tensor occurs at most once.</summary>
    public IReadOnlyList<LoraFactorPair> Pairs { get; } = Checked(Rank, Pairs);

    private static IReadOnlyList<LoraFactorPair> Checked(int rank, IReadOnlyList<LoraFactorPair> pairs)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            if (pair.Rank != rank || !names.Add(pair.BaseTensor))
            {
                throw new ArgumentException(
                    $"{pair.BaseTensor} has rank {pair.Rank} in an adapter of rank {rank}, or stands in it twice.",
                    nameof(pairs)
                );
            }
        }

        return pairs;
    }
}

/// <summary>
/// The two factors that change one weight: <c>W' = W + (alpha/r) B A</c>, rows laid out as in the base's GGUF file.
/// </summary>
/// <param name="BaseTensor">Its name in the base file, e.g. <c>blk.0.attn_q.weight</c>.</param>
/// <param name="A">A[r, in], row after row.</param>
/// <param name="B">B[out, r], row after row.</param>
public sealed record LoraFactorPair(string BaseTensor, int Rank, int In, int Out, float[] A, float[] B)
{
    public float[] A { get; } = Sized(A, (long)Rank * In, BaseTensor, nameof(A));

    public float[] B { get; } = Sized(B, (long)Out * Rank, BaseTensor, nameof(B));

    private static float[] Sized(float[] factor, long wanted, string tensor, string name) =>
        wanted > 0 && factor.Length == wanted
            ? factor
            : throw new ArgumentException($"{tensor}: {name} has {factor.Length} numbers, not {wanted}.", name);
}
