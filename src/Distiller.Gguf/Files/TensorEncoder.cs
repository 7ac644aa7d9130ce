using System.Runtime.InteropServices;

namespace Distiller.Gguf;

/// <summary>Floats to stored blocks: 32 and 16 bit here, everything else by ggml's reference quantizers.</summary>
public static class TensorEncoder
{
    /// <summary>The bytes that a GGUF file holds for these numbers.</summary>
    /// <param name="values">Row after row.</param>
    /// <param name="rowElements">Length of a row; a multiple of the type's block.</param>
    public static unsafe byte[] Encode(GgmlType type, ReadOnlySpan<float> values, long rowElements)
    {
        var layout = GgmlLayout.Of(type) ?? throw new ArgumentException($"{type} is unknown.", nameof(type));
        if (rowElements <= 0 || values.Length % rowElements != 0 || rowElements % layout.BlockElements != 0)
        {
            throw new ArgumentException(
                $"{values.Length} numbers in rows of {rowElements} do not fit blocks of {layout.BlockElements}.",
                nameof(rowElements)
            );
        }

        var bytes = new byte[layout.Bytes(values.Length)];
        switch (type)
        {
            case GgmlType.F32:
                MemoryMarshal.AsBytes(values).CopyTo(bytes);
                break;
            case GgmlType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan());
                for (var i = 0; i < values.Length; i++)
                {
                    halves[i] = (Half)values[i];
                }

                break;
            case GgmlType.BF16
            or GgmlType.Q4_0
            or GgmlType.Q4_1
            or GgmlType.Q5_0
            or GgmlType.Q5_1
            or GgmlType.Q8_0
            or GgmlType.Q2_K
            or GgmlType.Q3_K
            or GgmlType.Q4_K
            or GgmlType.Q5_K
            or GgmlType.Q6_K
            or GgmlType.IQ4_NL
            or GgmlType.IQ4_XS
            or GgmlType.MXFP4:
                fixed (float* from = values)
                fixed (byte* to = bytes)
                {
                    // type, source, destination, first element, rows, row length, importance; returns the bytes written.
                    var quantize = (delegate* unmanaged[Cdecl]<int, float*, byte*, long, long, long, float*, nuint>)
                        LlamaLibrary.GgmlExport("ggml_quantize_chunk");
                    quantize((int)type, from, to, 0, values.Length / rowElements, rowElements, null);
                }

                break;
            default:
                throw new ArgumentException($"{type} cannot be written from floats alone.", nameof(type));
        }

        return bytes;
    }
}
