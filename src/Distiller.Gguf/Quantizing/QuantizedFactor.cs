using System.Runtime.InteropServices;

namespace Distiller.Gguf;

/// <summary>A stored factor: Q4_0 blocks, or halves where a row is no multiple of 32 long.</summary>
/// <param name="Data">Row after row: A[r, in] or B[out, r].</param>
public sealed record QuantizedFactor(GgmlType Type, int Rows, int RowElements, byte[] Data)
{
    public static QuantizedFactor Plain(float[] values, int rows, int rowElements) =>
        rowElements % Q4Block.Elements == 0
            ? new(GgmlType.Q4_0, rows, rowElements, Q4Block.EncodePlain(values))
            : Halves(values, rows, rowElements);

    public static QuantizedFactor Halves(float[] values, int rows, int rowElements) =>
        new(GgmlType.F16, rows, rowElements, TensorEncoder.Encode(GgmlType.F16, values, rowElements));

    /// <summary>The numbers that the stored bytes stand for.</summary>
    public float[] Decode()
    {
        var values = new float[(long)Rows * RowElements];
        if (Type == GgmlType.Q4_0)
        {
            Q4Block.Decode(Data, values);
            return values;
        }

        var halves = MemoryMarshal.Cast<byte, Half>(Data.AsSpan());
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)halves[i];
        }

        return values;
    }
}
