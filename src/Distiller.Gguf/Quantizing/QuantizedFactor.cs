using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Distiller.Gguf;

/// <summary>A stored factor: Q4_0 or IQ4_NL blocks, or halves where a row is no multiple of 32 long.</summary>
/// <param name="Data">Row after row: A[r, in] or B[out, r].</param>
public sealed record QuantizedFactor(GgmlType Type, int Rows, int RowElements, byte[] Data)
{
    /// <summary>Rounded as ggml rounds to Q4_0.</summary>
    public static QuantizedFactor Plain(float[] values, int rows, int rowElements) =>
        rowElements % Q4Block.Elements == 0
            ? new(GgmlType.Q4_0, rows, rowElements, Q4Block.EncodePlain(values))
            : Halves(values, rows, rowElements);

    /// <summary>Rounded by ggml's own quantizer to IQ4_NL: 16 values of unequal distance, times a scale for each 32.</summary>
    public static QuantizedFactor NonLinear(float[] values, int rows, int rowElements) =>
        rowElements % Q4Block.Elements == 0
            ? new(GgmlType.IQ4_NL, rows, rowElements, TensorEncoder.Encode(GgmlType.IQ4_NL, values, rowElements))
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

        if (Type != GgmlType.F16)
        {
            Dequantizer.For(Type, "a factor", Type.ToString()).Run(Data, values);
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

/// <summary>
/// A factor while it is being quantized: [r, n] codes (0-15), scales and the values they stand for. The blocks of A lie
/// along n (scales [r, n/32]); those of the transposed B lie across its rows (scales [r/32, n]).
/// </summary>
internal sealed class CodedFactor(int rank, int n, bool blocksAlongRows)
{
    public int Rank { get; } = rank;

    public int N { get; } = n;

    public byte[] Codes { get; } = new byte[rank * n];

    public float[] Scales { get; } = new float[rank * n / Q4Block.Elements];

    public float[] Values { get; } = new float[rank * n];

    /// <summary>Q4_0 blocks in file order: rows of A[r, in], or rows of B[out, r].</summary>
    public byte[] Pack()
    {
        var blocks = new byte[Scales.Length * Q4Block.Bytes];
        Span<byte> codes = stackalloc byte[Q4Block.Elements];
        for (var b = 0; b < Scales.Length; b++)
        {
            // In B's file order block b is group b % (r/32) of output row b / (r/32).
            var groups = Rank / Q4Block.Elements;
            var (first, step, scale) = blocksAlongRows
                ? (b * Q4Block.Elements, 1, Scales[b])
                : ((b % groups * Q4Block.Elements * N) + (b / groups), N, Scales[(b % groups * N) + (b / groups)]);
            for (var i = 0; i < Q4Block.Elements; i++)
            {
                codes[i] = Codes[first + (i * step)];
                Debug.Assert(
                    Values[first + (i * step)] == (codes[i] - 8) * scale,
                    "A value is (code - 8) * scale, exactly."
                );
            }

            Q4Block.Pack((Half)scale, codes, blocks.AsSpan(b * Q4Block.Bytes, Q4Block.Bytes));
        }

        return blocks;
    }
}
