namespace Distiller.Gguf;

/// <summary>Quantizes all pairs of an adapter. The result does not depend on how many work at the same time.</summary>
public static class AdapterQuantizer
{
    /// <summary>Quantizes; the report tells the error of every tensor.</summary>
    /// <param name="weights">A value that is not finite is refused with <see cref="Core.BadInputException"/>.</param>
    /// <param name="workers">How many pairs at the same time; by default as many as there are processors.</param>
    public static QuantizedLora Quantize(
        LoraWeights weights,
        int? workers = null,
        CancellationToken cancellationToken = default
    )
    {
        var pairs = new QuantizedPair[weights.Pairs.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = workers ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        try
        {
            Parallel.For(0, pairs.Length, options, i => pairs[i] = new PairQuantizer(weights.Pairs[i]).Quantize());
        }
        catch (AggregateException e)
            when (e.InnerExceptions.OfType<Core.BadInputException>().FirstOrDefault() is { } bad)
        {
            throw new Core.BadInputException(bad.Place, bad.Reason, bad.Remedy, e);
        }

        var padded = PairQuantizer.PaddedRank(weights.Rank);
        var report = new QuantizationReport([.. weights.Pairs.Zip(pairs, Describe)]);
        return new QuantizedLora(padded, weights.Alpha * padded / weights.Rank, pairs, report);
    }

    private static TensorQuantization Describe(LoraFactorPair pair, QuantizedPair quantized) =>
        new(
            pair.BaseTensor,
            pair.Rank,
            pair.In,
            pair.Out,
            quantized.PlainError,
            quantized.Error,
            2L * (pair.A.Length + pair.B.Length),
            quantized.Bytes
        );
}
