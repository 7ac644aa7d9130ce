using System.Globalization;
using Distiller.Gguf;
using Distiller.Training.Lora;
using Distiller.Training.Model;

namespace Distiller.Training.Distilling;

/// <summary>
/// How much memory a training will need, estimated from the base's sizes before anything is allocated. Bytes.
/// </summary>
/// <param name="Base">The weights, in the number format of the training, and one of them in float32 while it is read.</param>
/// <param name="Adapter">The factors, their gradients and AdamW's two moments, in float32.</param>
/// <param name="Activations">What the largest pass keeps for its backward pass, and the logits of a chunk.</param>
public sealed record TrainingMemory(long Base, long Adapter, long Activations)
{
    // Beside the tensors that the formula counts: copies in other layouts, results of the backward pass, fragmentation.
    // Measured on SmolLM2-135M: 2.23 MB a token in float32, where the formula counts 1.22 (training-step.md).
    private const double Overhead = 1.8;
    private const long LogitsBytes = 3L << 26; // three chunks of 2^24 float32

    public long Total => Base + Adapter + Activations;

    /// <param name="options">With the precision that the base will be loaded in; Auto counts as float32.</param>
    /// <param name="longestRow">Tokens of the longest training row.</param>
    /// <exception cref="BadInputException">The file is not a base that can be trained.</exception>
    public static TrainingMemory Of(GgufFile file, TrainingOptions options, int longestRow)
    {
        var c = BaseConfig.Read(file);
        var bytes = options.Precision is Precision.Bf16 ? 2L : 4L;
        var weights = file.Tensors.Sum(t => t.Elements) * bytes;
        var reading = bytes == 4 ? 0 : file.Tensors.Max(t => t.Elements) * 4;
        var factors = file
            .Tensors.Where(t =>
                t.Shape.Count == 2 && (LoraTargetNames.Of(t.Name) & options.Targets) is not LoraTargets.None
            )
            .Sum(t => options.Rank * (t.Shape[0] + t.Shape[1]));

        // Numbers a token that autograd keeps of one layer: inputs of norms and products (4 D), queries, keys, values and
        // what attention gives, the feed-forward block's four, and the seven inner products of the adapter.
        var layer = 4L * c.Width + 2L * (c.Heads + c.KvHeads) * c.HeadWidth + 4L * c.FeedForward + 7L * options.Rank;
        var kept = options.ActivationCheckpointing ? (long)c.Layers * c.Width + layer : c.Layers * layer;
        var tokens = (long)Math.Max(options.TokensPerPass, longestRow);
        return new TrainingMemory(
            weights + reading,
            factors * 4 * sizeof(float),
            (long)(tokens * kept * bytes * Overhead) + LogitsBytes
        );
    }

    /// <summary>Refuses a base that does not fit.</summary>
    /// <param name="available">Bytes; null where that is not known, and nothing is refused.</param>
    /// <exception cref="BadInputException">More is needed than there is; the message holds the estimate.</exception>
    public void RequireFits(string basePath, long? available)
    {
        if (available is { } free && Total > free)
        {
            throw new BadInputException(
                new SourceLocation(basePath, 0),
                $"Training needs about {Gigabytes(Total)} of memory: {Gigabytes(Base)} for the base, {Gigabytes(Adapter)} for the adapter, "
                    + $"{Gigabytes(Activations)} for activations; this machine has {Gigabytes(free)} free.",
                "Use a smaller base, --precision bf16, --activation-checkpointing true, fewer --tokens-per-pass or a shorter --max-sequence, or another machine."
            );
        }
    }

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture) + " GB";
}

/// <summary>Memory that this machine can still give to a process.</summary>
public static class MachineMemory
{
    private const string Unlimited = "max";

    /// <summary>
    /// What Linux calls available, with free swap, or what the control group of this process still allows, if that is less.
    /// Bytes; null where the system does not tell.
    /// </summary>
    /// <param name="meminfo">In the form of <c>/proc/meminfo</c>.</param>
    /// <param name="group">The folder of a version 2 control group.</param>
    public static long? Available(string meminfo = "/proc/meminfo", string group = "/sys/fs/cgroup")
    {
        var machine = Kilobytes(meminfo, "MemAvailable:") is { } free
            ? (free + (Kilobytes(meminfo, "SwapFree:") ?? 0)) * 1024
            : (long?)null;
        var limit = Number(Path.Combine(group, "memory.max"));
        var used = Number(Path.Combine(group, "memory.current"));
        // Pages of files are given back when memory is asked for.
        var files = Lines(Path.Combine(group, "memory.stat"))
            .Where(l => l.StartsWith("inactive_file ", StringComparison.Ordinal))
            .Select(l => Parse(l.Split(' ')[1]))
            .FirstOrDefault();
        var allowed = limit - used + (files ?? 0);
        return allowed is { } a && (machine is null || a < machine) ? Math.Max(0, a) : machine;
    }

    private static long? Kilobytes(string path, string name) =>
        Lines(path)
            .Where(l => l.StartsWith(name, StringComparison.Ordinal))
            .Select(l => Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]))
            .FirstOrDefault();

    private static long? Number(string path) => Lines(path) is [var text, ..] && text != Unlimited ? Parse(text) : null;

    private static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
