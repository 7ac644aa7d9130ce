using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>
/// Everything that must hold before native code may see an adapter: some violations abort the process there, others are
/// accepted silently and give wrong answers.
/// </summary>
public static class AdapterCheck
{
    /// <summary>
    /// Returns what the adapter is, or throws <see cref="BadInputException"/>. Reads the whole adapter and, once per
    /// opened base, the base.
    /// </summary>
    public static AdapterFacts Verify(string adapterPath, GgufFile baseFile)
    {
        using var file = GgufFile.Open(adapterPath);
        var contents = AdapterContents.Of(file);
        if (!string.Equals(contents.Architecture, baseFile.Architecture, StringComparison.Ordinal))
        {
            throw Bad(
                file,
                $"The adapter is for '{contents.Architecture}'; the base is '{baseFile.Architecture}'.",
                "Use the adapter with the base it was trained on."
            );
        }

        var baseSha256 = file.Metadata.GetString(AdapterKeys.BaseSha256, "");
        if (baseSha256.Length > 0 && !string.Equals(baseSha256, baseFile.Sha256(), StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(
                file,
                $"The adapter was trained on a base with SHA-256 {baseSha256}; {baseFile.Path} has {baseFile.Sha256()}.",
                "Use the adapter with the very file it was trained on."
            );
        }

        foreach (var (stem, a, b) in contents.Pairs)
        {
            RequireFit(file, baseFile, stem, a, b);
            RequireFinite(file, a);
            RequireFinite(file, b);
        }

        return new AdapterFacts(
            contents.Architecture,
            contents.Rank,
            contents.Alpha,
            contents.Pairs.Count,
            baseSha256.Length > 0 ? baseSha256 : null,
            file.Metadata.TryGetString(AdapterKeys.Encoding, out var encoding) ? encoding : null,
            file.Metadata.TryGetString(AdapterKeys.Lineage, out var lineage) ? lineage : null,
            file.FileBytes
        );
    }

    /// <summary>That every pair changes a weight of this base, before a file is written of it.</summary>
    /// <param name="path">Of the adapter, for the refusal.</param>
    /// <exception cref="BadInputException">The base lacks a tensor, or has it in another shape.</exception>
    public static void RequireFit(string path, LoraWeights weights, GgufFile baseFile)
    {
        foreach (var pair in weights.Pairs)
        {
            var weight = baseFile.FindTensor(pair.BaseTensor);
            if (weight is null || !weight.HasShape([pair.In, pair.Out]))
            {
                throw new BadInputException(
                    new SourceLocation(path, 0),
                    weight is null
                        ? $"The base {baseFile.Path} has no tensor '{pair.BaseTensor}'."
                        : $"The factors of '{pair.BaseTensor}' make a change of [{pair.In}, {pair.Out}]; "
                            + $"the base {baseFile.Path} has [{string.Join(", ", weight.Shape)}].",
                    "Use the adapter with the base it was trained on."
                );
            }
        }
    }

    private static void RequireFit(GgufFile file, GgufFile baseFile, string stem, GgufTensor a, GgufTensor b)
    {
        const string remedy = "Use the adapter with the base it was trained on.";
        // llama.cpp aborts the process over this one where input and output embedding are the same tensor.
        if (string.Equals(stem, "token_embd.weight", StringComparison.Ordinal))
        {
            throw Bad(file, "The adapter changes the token embedding.", "Train adapters of the linear layers only.");
        }

        var weight = baseFile.FindTensor(stem) ?? throw Bad(file, $"The base has no tensor '{stem}'.", remedy);
        if (weight.Shape.Count != 2 || a.Shape[0] != weight.Shape[0] || b.Shape[1] != weight.Shape[1])
        {
            throw Bad(
                file,
                $"The factors of '{stem}' make a change of [{a.Shape[0]}, {b.Shape[1]}]; "
                    + $"the base has [{string.Join(", ", weight.Shape)}].",
                remedy
            );
        }
    }

    private static void RequireFinite(GgufFile file, GgufTensor tensor)
    {
        var at = Array.FindIndex(file.ReadFloats(tensor), v => !float.IsFinite(v));
        if (at >= 0)
        {
            throw Bad(file, $"Number {at} of '{tensor.Name}' is not finite.", "Train or export the adapter again.");
        }
    }

    private static BadInputException Bad(GgufFile file, string reason, string remedy) =>
        new(new SourceLocation(file.Path, 0), reason, remedy);
}

/// <summary>Properties of a verified adapter file.</summary>
/// <param name="Rank">Rank as stored; in a 4-bit file, the padded rank.</param>
/// <param name="BaseSha256">Null when the file names no base.</param>
/// <param name="Encoding"><c>f16</c> or <c>int4</c>; null when another program wrote the file.</param>
public sealed record AdapterFacts(
    string Architecture,
    int Rank,
    float Alpha,
    int ChangedTensors,
    string? BaseSha256,
    string? Encoding,
    string? Lineage,
    long FileBytes
);
