using Distiller.Gguf;

namespace Distiller.Edge;

/// <summary>
/// ggml aborts the process on operands whose storage it does not expect: vectors (norms, biases) must be F32,
/// matrices of a type it can multiply by.
/// </summary>
internal static class TensorTypeCheck
{
    // Added row by row to the embedding, not multiplied by.
    private static readonly string[] AddedMatrices = ["token_types.weight", "position_embd.weight"];

    public static void Verify(GgufFile file)
    {
        foreach (var tensor in file.Tensors)
        {
            var vector = tensor.Shape.Count == 1 || AddedMatrices.Contains(tensor.Name, StringComparer.Ordinal);
            BaseModelCheck.Require(
                file,
                vector ? tensor.Type == GgmlType.F32 : tensor.Shape.Count == 2 && CanMultiply(tensor.Type),
                $"The tensor '{tensor.Name}' of {tensor.Shape.Count} dimensions is stored as {tensor.Type}.",
                vector
                    ? "Norms and biases must be F32: convert the model again."
                    : "Convert the model to F32, F16, BF16, Q8_0 or a common 4-bit type."
            );
        }
    }

    public static bool CanMultiply(GgmlType type) =>
        type
            is not (
                GgmlType.I8
                or GgmlType.I16
                or GgmlType.I32
                or GgmlType.I64
                or GgmlType.F64
                // Only what activations are turned into.
                or GgmlType.Q8_1
                or GgmlType.Q8_K
            );
}
