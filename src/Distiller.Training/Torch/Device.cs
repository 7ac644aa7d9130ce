namespace Distiller.Training.Torch;

/// <summary>The CPU, or one CUDA device.</summary>
/// <param name="Index">-1 is the CPU; n is <c>cuda:n</c>.</param>
public readonly record struct Device(int Index)
{
    public static Device Cpu => new(-1);

    public bool IsCuda => Index >= 0;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    /// <exception cref="BadInputException">It is none of these.</exception>
    public static Device Parse(string text) =>
        text switch
        {
            "cpu" => Cpu,
            "cuda" => new Device(0),
            _ when text.StartsWith("cuda:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan(5), out var n)
                    && n is >= 0 and < 128 => new Device(n),
            _ => throw new BadInputException(
                new SourceLocation("--device", 0),
                $"'{text}' is not a device.",
                "Say cpu, cuda or cuda:N."
            ),
        };

    public override string ToString() => IsCuda ? $"cuda:{Index}" : "cpu";
}
