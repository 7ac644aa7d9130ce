namespace Distiller.Gguf;

/// <summary>The quantization of one base tensor's pair. Errors are ||B'A' - BA||_F / ||BA||_F, measured on the stored bytes.</summary>
/// <param name="Rank">Before padding.</param>
/// <param name="PlainError">Of ggml's plain Q4_0 rounding of the same factors.</param>
/// <param name="BytesF16">Of both factors in half precision, unpadded.</param>
public sealed record TensorQuantization(
    string BaseTensor,
    int Rank,
    int In,
    int Out,
    double PlainError,
    double Error,
    long BytesF16,
    long BytesInt4
);
