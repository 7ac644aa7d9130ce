using System.Text.Json.Serialization;

namespace Distiller.Gguf;

/// <summary>Quantizes all pairs of an adapter. The result does not depend on the number of workers.</summary>
public static class AdapterQuantizer
{
    /// <summary>Quantizes all pairs; the report holds the error of every tensor.</summary>
    /// <param name="weights">A value that is not finite is refused with <see cref="Core.BadInputException"/>.</param>
    /// <param name="importance">
    /// By base tensor, the mean square of each input over a calibration text, [in]. The errors are then also told weighted
    /// by it, and <see cref="QuantizationMethod.Distiller"/> minimizes the weighted one. A tensor without an entry is not weighted.
    /// </param>
    /// <param name="workers">Number of pairs quantized at the same time; by default the number of processors.</param>
    public static QuantizedLora Quantize(
        LoraWeights weights,
        QuantizationMethod method = QuantizationMethod.Distiller,
        IReadOnlyDictionary<string, float[]>? importance = null,
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
            Parallel.For(
                0,
                pairs.Length,
                options,
                i =>
                    pairs[i] = new PairQuantizer(
                        weights.Pairs[i],
                        importance?.GetValueOrDefault(weights.Pairs[i].BaseTensor)
                    ).Quantize(method)
            );
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
            quantized.Bytes,
            quantized.Weighted
        );
}

/// <summary>A whole adapter in 4 bits.</summary>
/// <param name="Rank">The padded rank, a multiple of 32.</param>
/// <param name="Alpha">Alpha, scaled with the rank so that alpha / rank stays the same.</param>
/// <param name="Pairs">Quantized pairs, in the order of the original.</param>
public sealed record QuantizedLora(
    int Rank,
    float Alpha,
    IReadOnlyList<QuantizedPair> Pairs,
    QuantizationReport Report
);

/// <summary>
/// A quantized <see cref="LoraFactorPair"/>. Its rank is padded to a multiple of 32 and its factors are rotated: only
/// the product is comparable.
/// </summary>
/// <param name="PlainError">Relative error of BA when A and B are rounded as ggml rounds them.</param>
/// <param name="Error">
/// The error achieved; by <see cref="QuantizationMethod.Distiller"/> never above <paramref name="PlainError"/>, or, with
/// <paramref name="Weighted"/>, never above the plain one there.
/// </param>
/// <param name="Weighted">Both errors weighted by the inputs' importance; null where none was given.</param>
public sealed record QuantizedPair(
    string BaseTensor,
    int Rank,
    QuantizedFactor A,
    QuantizedFactor B,
    double PlainError,
    double Error,
    WeightedError? Weighted = null
)
{
    public long Bytes => A.Data.LongLength + B.Data.LongLength;
}

/// <summary>Quantization errors, tensor by tensor.</summary>
public sealed record QuantizationReport(IReadOnlyList<TensorQuantization> Tensors)
{
    public double WorstError => Tensors.Count == 0 ? 0 : Tensors.Max(t => t.Error);

    public double MeanError => Tensors.Count == 0 ? 0 : Tensors.Average(t => t.Error);

    public double MeanPlainError => Tensors.Count == 0 ? 0 : Tensors.Average(t => t.PlainError);

    public long BytesF16 => Tensors.Sum(t => t.BytesF16);

    public long BytesInt4 => Tensors.Sum(t => t.BytesInt4);
}

/// <summary>
/// The quantization of one base tensor's pair. Errors are ||B'A' - BA||_F / ||BA||_F, measured on the stored bytes.
/// </summary>
/// <param name="Rank">Rank before padding.</param>
/// <param name="PlainError">Error of ggml's plain Q4_0 rounding of the same factors.</param>
/// <param name="BytesF16">Size of both factors in half precision, unpadded.</param>
/// <param name="Weighted">The errors on the inputs of a calibration text; absent without one.</param>
public sealed record TensorQuantization(
    string BaseTensor,
    int Rank,
    int In,
    int Out,
    double PlainError,
    double Error,
    long BytesF16,
    long BytesInt4,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WeightedError? Weighted = null
);

/// <summary>
/// ||(B'A' - BA) D||_F / ||BA D||_F with D = diag(sqrt(mean x²)): the relative error of the change's output on inputs of that
/// importance, as far as they are uncorrelated.
/// </summary>
/// <param name="Plain">Of ggml's plain Q4_0 rounding.</param>
/// <param name="Achieved">Of what is stored.</param>
public sealed record WeightedError(double Plain, double Achieved);
