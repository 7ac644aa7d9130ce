using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Distiller.Gguf;

/// <summary>
/// ggml's Q4_0 container. A block holds 32 numbers in 18 bytes: a half-precision scale, then 16 bytes of codes.
/// Codes are 0-15, two per byte; the low nibbles are elements 0-15, the high nibbles 16-31; value = (code - 8) * scale.
/// </summary>
public static class Q4Block
{
    public const int Elements = 32;
    public const int Bytes = 18;

    /// <summary>Rounds as ggml's reference quantizer does: the number of largest magnitude becomes code 0.</summary>
    public static byte[] EncodePlain(ReadOnlySpan<float> values)
    {
        if (values.Length % Elements != 0)
        {
            throw new ArgumentException($"{values.Length} is not a multiple of {Elements}.", nameof(values));
        }

        var blocks = new byte[values.Length / Elements * Bytes];
        Span<byte> codes = stackalloc byte[Elements];
        for (var b = 0; b < values.Length / Elements; b++)
        {
            var x = values.Slice(b * Elements, Elements);
            var (magnitude, extreme) = (0f, 0f);
            foreach (var v in x)
            {
                if (magnitude < MathF.Abs(v))
                {
                    (magnitude, extreme) = (MathF.Abs(v), v);
                }
            }

            var scale = extreme / -8;
            var inverse = scale != 0 ? 1 / scale : 0;
            for (var i = 0; i < Elements; i++)
            {
                codes[i] = (byte)Math.Min(15, (int)((x[i] * inverse) + 8.5f));
            }

            Pack((Half)scale, codes, blocks.AsSpan(b * Bytes, Bytes));
        }

        return blocks;
    }

    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        if (blocks.Length % Bytes != 0 || blocks.Length / Bytes * Elements != values.Length)
        {
            throw new ArgumentException("Blocks and values differ in length.", nameof(values));
        }

        for (var b = 0; b < blocks.Length / Bytes; b++)
        {
            var block = blocks.Slice(b * Bytes, Bytes);
            var scale = (float)MemoryMarshal.Read<Half>(block);
            var to = values.Slice(b * Elements, Elements);
            for (var i = 0; i < Elements / 2; i++)
            {
                to[i] = ((block[2 + i] & 15) - 8) * scale;
                to[i + (Elements / 2)] = ((block[2 + i] >> 4) - 8) * scale;
            }
        }
    }

    internal static void Pack(Half scale, ReadOnlySpan<byte> codes, Span<byte> block)
    {
        MemoryMarshal.Write(block, scale);
        for (var i = 0; i < Elements / 2; i++)
        {
            var (low, high) = (codes[i], codes[i + (Elements / 2)]);
            Debug.Assert(low < 16 && high < 16, "Codes are 0-15.");
            block[2 + i] = (byte)(low | (high << 4));
        }
    }
}
