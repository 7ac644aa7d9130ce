namespace Distiller.Gguf;

/// <summary>The two factors that change one weight: <c>W' = W + (alpha/r) B A</c>, rows laid out as in the base's GGUF file.</summary>
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
