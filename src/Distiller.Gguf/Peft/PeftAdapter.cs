using Distiller.Core;

namespace Distiller.Gguf;

/// <summary>Adapters as PEFT and vLLM keep them: a folder with <c>adapter_model.safetensors</c> and <c>adapter_config.json</c>.</summary>
public static class PeftAdapter
{
    public const string WeightsFile = "adapter_model.safetensors";
    public const string ConfigFile = "adapter_config.json";

    private static readonly Dictionary<string, string> Metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };

    /// <summary>
    /// Reads LoRA on the seven linear layers of a block; rows come out in the order of the base's GGUF file. Ranks and scales
    /// that differ between modules (<c>rank_pattern</c>, <c>alpha_pattern</c>, <c>use_rslora</c>) come out as one rank and one
    /// alpha of the same products.
    /// </summary>
    /// <exception cref="BadInputException">
    /// The files are damaged, a number is not finite, or a setting changes the arithmetic or the base (PiSSA, DoRA, ...).
    /// </exception>
    public static LoraWeights Read(string folder, BaseDescription origin)
    {
        var config = PeftConfig.Read(Path.Combine(folder, ConfigFile));
        var path = Path.Combine(folder, WeightsFile);
        using var file = SafetensorsFile.Open(path);
        var found = new SortedDictionary<(int Layer, int Linear, string Factor), SafetensorsEntry>();
        foreach (var entry in file.Entries)
        {
            var key =
                PeftNames.Parse(entry.Name)
                ?? throw Bad(path, $"'{entry.Name}' is no LoRA factor of a linear layer of a block.");
            var rank = config.RankOf(PeftNames.ModulePath(key.Layer, key.Linear));
            if (entry.Shape.Count != 2 || entry.Shape[key.Factor == "A" ? 0 : 1] != rank)
            {
                throw Bad(
                    path,
                    $"'{entry.Name}' has shape [{string.Join(", ", entry.Shape)}]; "
                        + $"by 'r' and 'rank_pattern' of {ConfigFile} its rank is {rank}."
                );
            }

            if (!found.TryAdd(key, entry))
            {
                throw Bad(path, $"'{entry.Name}' names a factor that is there already.");
            }
        }

        var pairs = new List<(LoraFactorPair Pair, double Scale)>();
        foreach (var ((layer, linear, factor), entry) in found)
        {
            if (!found.TryGetValue((layer, linear, factor == "A" ? "B" : "A"), out var other))
            {
                throw Bad(path, $"'{entry.Name}' has no partner.");
            }

            if (factor == "A")
            {
                var rank = entry.Shape[0];
                var b = Permuted(Finite(file, other, path), rank, linear, origin, path, toGguf: true);
                pairs.Add(
                    (
                        new(
                            PeftNames.Gguf(layer, linear),
                            rank,
                            entry.Shape[1],
                            other.Shape[0],
                            Finite(file, entry, path),
                            b
                        ),
                        config.ScaleOf(PeftNames.ModulePath(layer, linear))
                    )
                );
            }
        }

        return pairs.Count > 0 ? OneRank.Of(pairs, config.Alpha) : throw Bad(path, "The file holds no factors.");
    }

    private static float[] Finite(SafetensorsFile file, SafetensorsEntry entry, string path)
    {
        var values = file.ReadFloats(entry);
        var at = Array.FindIndex(values, v => !float.IsFinite(v));
        return at < 0
            ? values
            : throw new BadInputException(
                new SourceLocation(path, 0),
                $"Number {at} of '{entry.Name}' is {values[at]}.",
                "The training diverged: train again with a lower learning rate."
            );
    }

    /// <summary>Writes both files, the weights in F32 and first, so that a folder with settings is complete.</summary>
    public static void Write(string folder, LoraWeights weights, BaseDescription origin)
    {
        var path = Path.Combine(folder, WeightsFile);
        var tensors = new List<SafetensorsMatrix>();
        var modules = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in weights.Pairs)
        {
            var (layer, linear) =
                PeftNames.ParseGguf(pair.BaseTensor)
                ?? throw Bad(path, $"PEFT's naming has no place for '{pair.BaseTensor}'.");
            modules.Add(PeftNames.Module(linear));
            var b = Permuted(pair.B, pair.Rank, linear, origin, path, toGguf: false);
            tensors.Add(new(PeftNames.Peft(layer, linear, "A"), pair.Rank, pair.In, pair.A));
            tensors.Add(new(PeftNames.Peft(layer, linear, "B"), pair.Out, pair.Rank, b));
        }

        tensors.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));
        SafetensorsWriter.Write(path, Metadata, tensors);
        PeftConfig.Write(Path.Combine(folder, ConfigFile), weights, origin.Name, modules);
    }

    private static float[] Permuted(float[] b, int rank, int linear, BaseDescription origin, string path, bool toGguf)
    {
        var isLlama = string.Equals(origin.Architecture, "llama", StringComparison.Ordinal);
        if (!isLlama || !(PeftNames.IsQuery(linear) || PeftNames.IsKey(linear)))
        {
            return b;
        }

        var heads = PeftNames.IsQuery(linear) ? origin.Heads : origin.KvHeads;
        if (heads <= 0 || b.Length / rank % (2L * heads) != 0)
        {
            throw Bad(path, $"{b.Length / rank} rows do not divide into {heads} heads of even width.");
        }

        return toGguf ? RowPermutation.ToGguf(b, rank, heads) : RowPermutation.FromGguf(b, rank, heads);
    }

    private static BadInputException Bad(string path, string reason) =>
        new(new SourceLocation(path, 0), reason, "Use a plain LoRA adapter of this base's linear layers.");
}
