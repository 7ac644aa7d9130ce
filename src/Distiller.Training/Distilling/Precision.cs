namespace Distiller.Training.Distilling;

/// <summary>The number format of the frozen base and its activations; the adapter and its optimizer are float32 always.</summary>
public enum Precision
{
    /// <summary>bfloat16 on a GPU and on a processor that multiplies it faster; else float32. See <see cref="CpuPrecision"/>.</summary>
    Auto,

    /// <summary>float32</summary>
    Fp32,

    /// <summary>bfloat16</summary>
    Bf16,
}
