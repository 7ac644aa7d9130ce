using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>ggml's own routine for turning stored blocks of one type into floats.</summary>
internal readonly unsafe struct Dequantizer
{
    private readonly delegate* unmanaged[Cdecl]<void*, float*, long, void> _routine;
    private readonly GgmlLayout _layout;

    private Dequantizer(nint routine, GgmlLayout layout)
    {
        _routine = (delegate* unmanaged[Cdecl]<void*, float*, long, void>)routine;
        _layout = layout;
    }

    public static Dequantizer For(GgmlType type, string path, string tensor)
    {
        var layout = GgmlLayout.Of(type);
        var name = RoutineName(type);
        return layout is null || (name is null && type != GgmlType.F32)
            ? throw new BadInputException(
                new SourceLocation(path, 0),
                $"The tensor '{tensor}' is stored as {type}, which holds no weights that can be read as floats.",
                "Convert the model to F32, F16, BF16, Q8_0 or a common 4-bit type."
            )
            : new Dequantizer(name is null ? 0 : LlamaLibrary.GgmlExport(name), layout.Value);
    }

    public void Run(ReadOnlySpan<byte> blocks, Span<float> destination)
    {
        if (
            blocks.Length % _layout.BlockBytes != 0
            || blocks.Length / _layout.BlockBytes * (long)_layout.BlockElements != destination.Length
        )
        {
            throw new ArgumentException("Blocks and destination differ in length.", nameof(destination));
        }

        if (_routine is null)
        {
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(blocks).CopyTo(destination);
            return;
        }

        fixed (byte* from = blocks)
        fixed (float* to = destination)
        {
            _routine(from, to, destination.Length);
        }
    }

    private static string? RoutineName(GgmlType type) =>
        type switch
        {
            GgmlType.F16 => "ggml_fp16_to_fp32_row",
            GgmlType.BF16 => "ggml_bf16_to_fp32_row",
            GgmlType.Q4_0 => "dequantize_row_q4_0",
            GgmlType.Q4_1 => "dequantize_row_q4_1",
            GgmlType.Q5_0 => "dequantize_row_q5_0",
            GgmlType.Q5_1 => "dequantize_row_q5_1",
            GgmlType.Q8_0 => "dequantize_row_q8_0",
            GgmlType.Q2_K => "dequantize_row_q2_K",
            GgmlType.Q3_K => "dequantize_row_q3_K",
            GgmlType.Q4_K => "dequantize_row_q4_K",
            GgmlType.Q5_K => "dequantize_row_q5_K",
            GgmlType.Q6_K => "dequantize_row_q6_K",
            GgmlType.Q8_K => "dequantize_row_q8_K",
            GgmlType.IQ1_S => "dequantize_row_iq1_s",
            GgmlType.IQ1_M => "dequantize_row_iq1_m",
            GgmlType.IQ2_XXS => "dequantize_row_iq2_xxs",
            GgmlType.IQ2_XS => "dequantize_row_iq2_xs",
            GgmlType.IQ2_S => "dequantize_row_iq2_s",
            GgmlType.IQ3_XXS => "dequantize_row_iq3_xxs",
            GgmlType.IQ3_S => "dequantize_row_iq3_s",
            GgmlType.IQ4_NL => "dequantize_row_iq4_nl",
            GgmlType.IQ4_XS => "dequantize_row_iq4_xs",
            GgmlType.TQ1_0 => "dequantize_row_tq1_0",
            GgmlType.TQ2_0 => "dequantize_row_tq2_0",
            GgmlType.MXFP4 => "dequantize_row_mxfp4",
            _ => null,
        };
}
