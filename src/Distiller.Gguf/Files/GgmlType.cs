namespace Distiller.Gguf;

/// <summary>How a tensor's numbers are stored, numbered as ggml numbers them.</summary>
public enum GgmlType
{
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q8_1 = 9,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    Q8_K = 15,
    IQ2_XXS = 16,
    IQ2_XS = 17,
    IQ3_XXS = 18,
    IQ1_S = 19,
    IQ4_NL = 20,
    IQ3_S = 21,
    IQ2_S = 22,
    IQ4_XS = 23,
    I8 = 24,
    I16 = 25,
    I32 = 26,
    I64 = 27,
    F64 = 28,
    IQ1_M = 29,
    BF16 = 30,
    TQ1_0 = 34,
    TQ2_0 = 35,
    MXFP4 = 39,
}

/// <summary>Numbers per block and bytes per block of every storage type.</summary>
public readonly record struct GgmlLayout(int BlockElements, int BlockBytes)
{
    /// <summary>Null for a type this build does not know.</summary>
    public static GgmlLayout? Of(GgmlType type) =>
        type switch
        {
            GgmlType.F32 or GgmlType.I32 => new(1, 4),
            GgmlType.F16 or GgmlType.BF16 or GgmlType.I16 => new(1, 2),
            GgmlType.F64 or GgmlType.I64 => new(1, 8),
            GgmlType.I8 => new(1, 1),
            GgmlType.Q4_0 or GgmlType.IQ4_NL => new(32, 18),
            GgmlType.Q4_1 => new(32, 20),
            GgmlType.Q5_0 => new(32, 22),
            GgmlType.Q5_1 => new(32, 24),
            GgmlType.Q8_0 => new(32, 34),
            GgmlType.Q8_1 => new(32, 36),
            GgmlType.MXFP4 => new(32, 17),
            GgmlType.Q2_K => new(256, 84),
            GgmlType.Q3_K or GgmlType.IQ3_S => new(256, 110),
            GgmlType.Q4_K => new(256, 144),
            GgmlType.Q5_K => new(256, 176),
            GgmlType.Q6_K => new(256, 210),
            GgmlType.Q8_K => new(256, 292),
            GgmlType.IQ2_XXS or GgmlType.TQ2_0 => new(256, 66),
            GgmlType.IQ2_XS => new(256, 74),
            GgmlType.IQ2_S => new(256, 82),
            GgmlType.IQ3_XXS => new(256, 98),
            GgmlType.IQ1_S => new(256, 50),
            GgmlType.IQ1_M => new(256, 56),
            GgmlType.IQ4_XS => new(256, 136),
            GgmlType.TQ1_0 => new(256, 54),
            _ => null,
        };

    public long Bytes(long elements) => checked(elements / BlockElements * BlockBytes);
}
