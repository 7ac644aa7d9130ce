namespace Distiller.Gguf;

/// <summary>
/// llama's GGUF stores the rows of Q and K interleaved: within a head of width hd, row 2j + p of the file is row
/// p hd/2 + j of Hugging Face's (p = 0, 1). A LoRA's B has the same rows; A is not touched.
/// </summary>
internal static class RowPermutation
{
    /// <summary>B[out, r] in Hugging Face's order to the file's.</summary>
    public static float[] ToGguf(float[] b, int rank, int heads) => Move(b, rank, heads, toGguf: true);

    public static float[] FromGguf(float[] b, int rank, int heads) => Move(b, rank, heads, toGguf: false);

    private static float[] Move(float[] b, int rank, int heads, bool toGguf)
    {
        var result = new float[b.Length];
        var width = b.Length / rank / heads;
        for (var row = 0; row < b.Length / rank; row++)
        {
            var (head, within) = (row / width, row % width);
            var interleaved = (head * width) + (2 * (within % (width / 2))) + (within / (width / 2));
            var (from, to) = toGguf ? (row, interleaved) : (interleaved, row);
            b.AsSpan(from * rank, rank).CopyTo(result.AsSpan(to * rank));
        }

        return result;
    }
}
