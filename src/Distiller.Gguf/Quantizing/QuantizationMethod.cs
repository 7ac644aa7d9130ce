namespace Distiller.Gguf;

/// <summary>How factors become 4-bit blocks. All three load in llama.cpp and cost 4.5 bits a number.</summary>
public enum QuantizationMethod
{
    /// <summary>
    /// Q4_0 blocks of other factors of the same product, fitted in turns with error feedback (<see cref="PairQuantizer"/>).
    /// </summary>
    Distiller,

    /// <summary>ggml's Q4_0: each block of 32 rounded by itself to 16 equidistant values.</summary>
    Q4_0,

    /// <summary>ggml's IQ4_NL: each block of 32 rounded by itself to 16 values that lie closer near zero.</summary>
    Iq4Nl,
}

/// <summary>The methods as they are named on the command line and in documents.</summary>
public static class QuantizationMethods
{
    private static readonly (string Word, QuantizationMethod Method)[] Known =
    [
        ("distiller", QuantizationMethod.Distiller),
        ("q4_0", QuantizationMethod.Q4_0),
        ("iq4_nl", QuantizationMethod.Iq4Nl),
    ];

    public static IReadOnlyList<string> Words { get; } = [.. Known.Select(k => k.Word)];

    public static string WordOf(QuantizationMethod method) => Array.Find(Known, k => k.Method == method).Word;

    /// <exception cref="ArgumentException">It is none of <see cref="Words"/>.</exception>
    public static QuantizationMethod Parse(string word) =>
        Array.Find(Known, k => k.Word == word) is { Word: not null } known
            ? known.Method
            : throw new ArgumentException(
                $"'{word}' is no method; there are {string.Join(", ", Words)}.",
                nameof(word)
            );
}
