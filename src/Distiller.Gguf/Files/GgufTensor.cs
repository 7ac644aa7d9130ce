namespace Distiller.Gguf;

/// <summary>Where one tensor lies in its file and how it is stored.</summary>
/// <param name="Shape">ggml's <c>ne</c>, innermost dimension first: a weight W[out, in] is <c>[in, out]</c>.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Bytes">Stored length, without the padding behind it.</param>
public sealed record GgufTensor(string Name, GgmlType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>Product of <see cref="Shape"/>.</summary>
    public long Elements { get; } = Shape.Aggregate(1L, (n, d) => checked(n * d));

    /// <summary>Length of a row: the innermost dimension.</summary>
    public long RowElements => Shape[0];

    /// <summary>Number of rows.</summary>
    public long Rows => Elements / RowElements;

    public bool HasShape(params ReadOnlySpan<long> shape)
    {
        if (shape.Length != Shape.Count)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] != Shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
