namespace Distiller.Gguf;

/// <summary>A whole adapter in 4 bits.</summary>
/// <param name="Rank">The padded rank, a multiple of 32.</param>
/// <param name="Alpha">Scaled with the rank, so that alpha / rank is the original's.</param>
/// <param name="Pairs">In the original's order.</param>
public sealed record QuantizedLora(
    int Rank,
    float Alpha,
    IReadOnlyList<QuantizedPair> Pairs,
    QuantizationReport Report
);
