using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>The parts of an adapter file, checked as far as that is possible without its base.</summary>
internal sealed record AdapterContents(
    string Architecture,
    int Rank,
    float Alpha,
    IReadOnlyList<(string BaseTensor, GgufTensor A, GgufTensor B)> Pairs
)
{
    // Types of factors that were tested with llama.cpp.
    private static readonly GgmlType[] Runnable =
    [
        GgmlType.F32,
        GgmlType.F16,
        GgmlType.Q8_0,
        GgmlType.Q4_0,
        GgmlType.Q4_1,
        GgmlType.IQ4_NL,
    ];

    public static AdapterContents Of(GgufFile file)
    {
        RequireText(file, AdapterKeys.FileType, "adapter");
        RequireText(file, AdapterKeys.AdapterType, "lora");
        var alpha = file.Metadata.GetFloat32(AdapterKeys.Alpha);
        if (!float.IsFinite(alpha) || alpha <= 0)
        {
            throw Bad(file, $"'{AdapterKeys.Alpha}' is {alpha}; a positive number is needed.");
        }

        var pairs = new List<(string BaseTensor, GgufTensor A, GgufTensor B)>();
        foreach (var a in file.Tensors)
        {
            RequireFactor(file, a);
            if (Stem(a.Name, AdapterKeys.SuffixA) is { } stem)
            {
                pairs.Add((stem, a, Partner(file, a, stem + AdapterKeys.SuffixB)));
            }
            else
            {
                Partner(file, a, Stem(a.Name, AdapterKeys.SuffixB) + AdapterKeys.SuffixA);
            }
        }

        if (pairs.Count == 0)
        {
            throw Bad(file, "The adapter has no factors.");
        }

        var rank = pairs[0].A.Shape[1];
        foreach (var (stem, a, b) in pairs)
        {
            if (a.Shape[1] != rank || b.Shape[0] != rank)
            {
                throw Bad(file, $"The factors of '{stem}' have ranks {a.Shape[1]} and {b.Shape[0]}; {rank} is needed.");
            }
        }

        return new AdapterContents(file.Architecture, (int)rank, alpha, pairs);
    }

    private static void RequireFactor(GgufFile file, GgufTensor tensor)
    {
        if (Stem(tensor.Name, AdapterKeys.SuffixA) is null && Stem(tensor.Name, AdapterKeys.SuffixB) is null)
        {
            throw Bad(file, $"The tensor '{tensor.Name}' is no LoRA factor.");
        }

        if (tensor.Shape.Count != 2 || tensor.Elements > int.MaxValue)
        {
            throw Bad(file, $"The factor '{tensor.Name}' is no matrix of a usable size.");
        }

        if (!Runnable.Contains(tensor.Type))
        {
            throw Bad(file, $"The factor '{tensor.Name}' is stored as {tensor.Type}, which no adapter may be.");
        }
    }

    private static GgufTensor Partner(GgufFile file, GgufTensor tensor, string name) =>
        file.FindTensor(name) ?? throw Bad(file, $"The factor '{tensor.Name}' has no '{name}'.");

    private static string? Stem(string name, string suffix) =>
        name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : null;

    private static void RequireText(GgufFile file, string key, string wanted)
    {
        var value = file.Metadata.GetString(key);
        if (!string.Equals(value, wanted, StringComparison.Ordinal))
        {
            throw Bad(file, $"'{key}' is '{value}'; '{wanted}' is needed.");
        }
    }

    private static BadInputException Bad(GgufFile file, string reason) =>
        new(new SourceLocation(file.Path, 0), reason, "Name a LoRA adapter in GGUF form, complete and undamaged.");
}
