namespace Distiller.Gguf;

/// <summary>A quantized <see cref="LoraFactorPair"/>. Its rank is padded to a multiple of 32 and its factors are rotated: only the product is comparable.</summary>
/// <param name="PlainError">Relative error of BA when A and B are rounded as ggml rounds them.</param>
/// <param name="Error">The error achieved; never above <paramref name="PlainError"/>.</param>
public sealed record QuantizedPair(
    string BaseTensor,
    int Rank,
    QuantizedFactor A,
    QuantizedFactor B,
    double PlainError,
    double Error
)
{
    public long Bytes => A.Data.LongLength + B.Data.LongLength;
}
