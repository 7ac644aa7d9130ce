namespace Distiller.Gguf;

/// <summary>A whole adapter in memory. One rank for all pairs; the change of a weight is scaled by <c>Alpha / Rank</c>.</summary>
public sealed record LoraWeights(int Rank, float Alpha, IReadOnlyList<LoraFactorPair> Pairs)
{
    /// <summary>In order; every base tensor at most once.</summary>
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
