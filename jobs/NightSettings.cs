using Distiller.Core;
using Distiller.Mining.Splitting;
using Distiller.Training.Distilling;

namespace Distiller.Jobs;

/// <summary>
/// Everything a night can be told. The defaults fit a small base (about 135 M parameters) on two CPU cores.
/// A stage's settings are part of its artifact's key: change one and the stage, and all after it, are made anew.
/// </summary>
public sealed record NightSettings
{
    /// <summary>The base model: a GGUF file, the very one the edge runs.</summary>
    public required string BasePath { get; init; }

    /// <summary>Seed of the split, of the adapter's start and of the order of the rows.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>The one line that stands in the prompt in place of the verbose context.</summary>
    public string SystemLine { get; init; } = "You are a careful agent. Use the tools.";

    /// <summary>
    /// Only episodes that began within so many times 24 hours before the newest one teach; those without a time do, too.
    /// 0 for all. Where a handbook changes, old episodes teach what no longer holds.
    /// </summary>
    public int NewestDays { get; init; }

    /// <summary>Share of the tasks kept out of mining and training, 0.05 to 0.5.</summary>
    public double HoldoutShare { get; init; } = 0.2;

    /// <summary>How the tasks that are kept out are chosen.</summary>
    public SplitMethod Split { get; init; } = SplitMethod.Hash;

    /// <summary>
    /// Similarity of two episodes' words from which their tasks count as the same and stay on one side, above 0, at most
    /// 1. Logs written from few templates want 1.
    /// </summary>
    public double SimilarityMin { get; init; } = 0.8;

    /// <summary>Fewest distinct successful episodes behind a pattern, at least 2.</summary>
    public int MinSupport { get; init; } = 3;

    /// <summary>Tokens of one training row, 64 to 32768; longer episodes are cut into windows.</summary>
    public int MaxSequence { get; init; } = 1024;

    /// <summary>Tokens the trainer may process in all, every epoch counted; at least one row is trained.</summary>
    public long MaxTrainTokens { get; init; } = 200_000;

    /// <summary>Times every row is seen, 1 to 100, within <see cref="MaxTrainTokens"/>.</summary>
    public int Epochs { get; init; } = 2;

    /// <summary>Rank r of the adapter, 1 to 512.</summary>
    public int Rank { get; init; } = 32;

    /// <summary>Scale of the adapter is alpha / rank.</summary>
    public double Alpha { get; init; } = 64;

    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Tokens behind one optimizer step.</summary>
    public int TokensPerStep { get; init; } = 2048;

    /// <summary>Tokens of held-out rows that are scored.</summary>
    public long MaxHoldoutTokens { get; init; } = 24_000;

    /// <summary>Held-out tool calls that are generated and compared.</summary>
    public int ToolSteps { get; init; } = 24;

    /// <summary>Fewest held-out tasks from which a lower loss may be published, 2 to 10,000 (see HoldoutOptions.TasksMin).</summary>
    public int MinHoldoutTasks { get; init; } = 6;

    /// <summary>Threads for training and evaluation; the adapter's bytes depend on it.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary><c>cpu</c> or <c>cuda:0</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Number format of the base in training; the adapter's bytes depend on it.</summary>
    public Precision Precision { get; init; }

    /// <summary>Throws <see cref="BadInputException"/> at the first setting out of its range.</summary>
    public NightSettings Checked()
    {
        Range("seed", Seed, 0, int.MaxValue);
        Range("newest-days", NewestDays, 0, 36_500);
        Range("holdout", HoldoutShare, 0.05, 0.5);
        Range("similarity", SimilarityMin, 0.01, 1);
        Range("min-support", MinSupport, 2, 1_000_000);
        Range("max-sequence", MaxSequence, 64, 32_768);
        Range("max-train-tokens", MaxTrainTokens, 1, 1e15);
        Range("epochs", Epochs, 1, 100);
        Range("rank", Rank, 1, 512);
        Range("alpha", Alpha, 1e-3, 1e5);
        Range("learning-rate", LearningRate, 1e-8, 1);
        Range("tokens-per-step", TokensPerStep, 1, 10_000_000);
        Range("max-holdout-tokens", MaxHoldoutTokens, 1, 1e15);
        Range("tool-steps", ToolSteps, 0, 1_000_000);
        Range("min-holdout-tasks", MinHoldoutTasks, 2, 10_000);
        Range("threads", Threads, 1, 1024);
        return this;
    }

    private static void Range(string option, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
        {
            throw new BadInputException(
                new SourceLocation($"--{option}", 0),
                $"{value} is out of range.",
                $"Give a value from {low} to {high}."
            );
        }
    }
}
