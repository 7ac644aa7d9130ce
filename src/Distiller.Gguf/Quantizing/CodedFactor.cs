using System.Diagnostics;

namespace Distiller.Gguf;

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
