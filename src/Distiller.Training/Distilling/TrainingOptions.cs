using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Training.Lora;
using Distiller.Training.Objectives;

namespace Distiller.Training.Distilling;

/// <summary>
/// Settings of one adapter's training. The defaults fit a small base (about 135 M parameters) on two CPU cores.
/// </summary>
public sealed record TrainingOptions : IValidatableObject
{
    private const int RankMax = 512;

    /// <summary>r. Choose a multiple of 32: GGUF stores a 4-bit B in blocks of 32, and other ranks are padded.</summary>
    [Setting("rank", "Rank of the adapter")]
    [Range(1, RankMax)]
    public int Rank { get; init; } = 32;

    [Setting("alpha", "The adapter's scale is alpha / rank")]
    [Range(0.0, 4096.0, MinimumIsExclusive = true)]
    public float Alpha { get; init; } = 64;

    /// <summary>
    /// The scale becomes alpha / sqrt(rank), so that gradients neither grow nor shrink with the rank (rsLoRA; Kalajdzievski
    /// 2023). Files hold alpha * sqrt(rank) as alpha: whoever divides by the rank, as llama.cpp does, gets the same product.
    /// </summary>
    [Setting("rank-stabilized", "Scale the adapter by alpha / sqrt(rank) in place of alpha / rank")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RankStabilized { get; init; }

    /// <summary>With <see cref="AdapterStart.Pissa"/> the adapter has twice the rank: see <see cref="PrincipalStart"/>.</summary>
    [Setting(
        "init",
        "What the factors begin with: random (A random, B zero), or pissa (the principal part of each weight; the adapter then has twice the rank)"
    )]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public AdapterStart Init { get; init; }

    public LoraTargets Targets { get; init; } = LoraTargets.All;

    /// <summary>
    /// Among <see cref="Targets"/>: names or patterns of weights, such as <c>attn_q,attn_v</c> or <c>blk.2?.ffn_*</c>
    /// (<see cref="TargetPattern"/>). Null: all of them.
    /// </summary>
    [Setting(
        "targets",
        "Which weights get an adapter: names or patterns such as attn_q,attn_v or blk.2?.ffn_*; else all"
    )]
    [RegularExpression(
        TargetPattern.Form,
        ErrorMessage = "Give names or patterns such as attn_q,attn_v or blk.2?.ffn_*."
    )]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TargetPatterns { get; init; }

    /// <summary>
    /// Each number that enters an A is dropped with this probability, and the others are divided by 1 minus it (Srivastava et
    /// al. 2014, on LoRA's inputs as in PEFT). Which ones are dropped follows from the seed.
    /// </summary>
    [Setting("dropout", "Share of the numbers entering an A that a training step drops at random")]
    [Range(0.0, 0.9)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Dropout { get; init; }

    /// <summary>
    /// The learning rate of B is so many times that of A. Of a wide model whose B starts at zero, B's has to be the larger
    /// one for both to learn (LoRA+; Hayou, Ghosh and Yu 2024, who take 16 and a lower rate of A).
    /// </summary>
    [Setting("lora-plus-ratio", "Learning rate of B as a multiple of A's")]
    [Range(1.0, 64.0)]
    [JsonIgnore]
    public double LoraPlusRatio { get; init; } = 1;

    /// <summary>As <see cref="ObjectiveUnlessDefault"/>.</summary>
    [JsonInclude]
    [JsonPropertyName("loraPlusRatio")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal double? LoraPlusRatioUnlessDefault => LoraPlusRatio == 1 ? null : LoraPlusRatio;

    /// <summary>
    /// The forward pass keeps only the input of each layer, and the backward pass computes the layer once more (Chen et al.
    /// 2016): the same gradients, for about a third more time, with the activations of one layer in place of all.
    /// </summary>
    [Setting("activation-checkpointing", "Compute activations twice in place of keeping them: less memory, more time")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ActivationCheckpointing { get; init; }

    /// <summary>
    /// The loss on validation rows is measured before the first step, after every so many, and at the end; the factors
    /// that were best on them are the result. Validation rows are whole tasks that are taken from the training rows
    /// (<see cref="ValidationSplit"/>); the night's held-out tasks are not used, since what judges an adapter must not choose it.
    /// 0: all rows are trained on, and the last factors are the result.
    /// </summary>
    [Setting(
        "validate-every",
        "Measure the loss on tasks kept from training after so many steps, and keep the best factors; 0: never"
    )]
    [Range(0, 1_000_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ValidateEvery { get; init; }

    [Setting("validation-tokens", "Tokens kept from training for --validate-every, a tenth of all at most")]
    [Range(64, 1 << 20)]
    [JsonIgnore]
    public int ValidationTokens { get; init; } = 4096;

    /// <summary>As <see cref="ObjectiveUnlessDefault"/>.</summary>
    [JsonInclude]
    [JsonPropertyName("validationTokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal int? ValidationTokensUnlessOff => ValidateEvery == 0 ? null : ValidationTokens;

    [Setting(
        "patience",
        "End the training after so many measurements of --validate-every without a better one; 0: never"
    )]
    [Range(0, 1000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Patience { get; init; }

    /// <summary>
    /// Number format of the base. A model loaded in another format is refused; <see cref="Precision.Auto"/> accepts any.
    /// </summary>
    [Setting(
        "precision",
        "Number format of the base in training: auto takes what doctor measured to be faster; the adapter's bytes depend on it"
    )]
    public Precision Precision { get; init; }

    /// <summary>One of <see cref="KnownObjectives"/>.</summary>
    [Setting("objective", "Loss that the training minimizes")]
    [ObjectiveName]
    [JsonIgnore]
    public string Objective { get; init; } = CrossEntropy.DefaultName;

    /// <summary>
    /// The objective in an adapter's key and in a checkpoint's fingerprint. The default is left out, so that adapters made
    /// before there was a choice keep their keys.
    /// </summary>
    [JsonInclude]
    [JsonPropertyName("objective")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal string? ObjectiveUnlessDefault => Objective == CrossEntropy.DefaultName ? null : Objective;

    /// <summary>Used by objectives with a teacher. The rest of the weight is on what the teacher expects.</summary>
    [Setting("cross-entropy-share", "Weight of the logged tokens in an objective with a teacher")]
    [Range(0.0, 1.0)]
    [JsonIgnore]
    public double CrossEntropyShare { get; init; } = 0.5;

    /// <summary>K: the likeliest tokens of the teacher that are kept for each token, with their probabilities.</summary>
    [Setting("teacher-tokens", "Likeliest tokens of the teacher that context-distillation keeps")]
    [Range(1, 1024)]
    [JsonIgnore]
    public int TeacherTokens { get; init; } = 32;

    /// <summary>What only an objective with a teacher reads, in an adapter's key; null for the others.</summary>
    [JsonInclude]
    [JsonPropertyName("teacher")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal string? TeacherUnlessNone =>
        KnownObjectives.All.FirstOrDefault(o => o.Name == Objective)?.Teacher switch
        {
            TeacherUse.Stored => string.Create(CultureInfo.InvariantCulture, $"{TeacherTokens}/{CrossEntropyShare:R}"),
            TeacherUse.Asked => string.Create(CultureInfo.InvariantCulture, $"{CrossEntropyShare:R}"),
            _ => null,
        };

    [Setting("learning-rate", "Peak learning rate (warm-up, then cosine decay)")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 1e-3;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Share of the optimizer steps over which the rate rises from 0.</summary>
    [Range(0.0, 0.5)]
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Final value of the cosine schedule, as a share of the peak rate.</summary>
    [Range(0.0, 1.0)]
    public double FinalRateShare { get; init; } = 0.1;

    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon.</summary>
    [Range(0.0, 0.01, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 1e-8;

    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The gradient is scaled down so that its 2-norm is at most this.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double ClipNorm { get; init; } = 1;

    /// <summary>
    /// Whole rows are gathered into one optimizer step as long as they hold at most so many tokens. A longer row is a
    /// step of its own.
    /// </summary>
    [Setting("tokens-per-step", "Tokens behind one optimizer step")]
    [Range(1, 1 << 24)]
    public int TokensPerStep { get; init; } = 2048;

    /// <summary>
    /// Rows computed at once hold at most so many tokens; a longer row is a pass of its own. The value changes the order of
    /// additions and so the last bits of the result.
    /// </summary>
    [Setting("tokens-per-pass", "Tokens computed at once: bounds the memory; the adapter's last bits depend on it")]
    [Range(1, 1 << 20)]
    public int TokensPerPass { get; init; } = 1024;

    [Setting("epochs", "Times every row is seen, within --max-train-tokens")]
    [Range(1, 100)]
    public int Epochs { get; init; } = 2;

    /// <summary>Training ends with the step that reaches so many tokens; at least one row is trained.</summary>
    [Setting("max-train-tokens", "Tokens the trainer may process in all")]
    [Range(1.0, 1e15)]
    public long MaxTrainTokens { get; init; } = 200_000;

    /// <summary>Seed of the adapter's initial values and of the order of the rows.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>A checkpoint is written after so many optimizer steps. Does not change the result.</summary>
    [Range(1, 1_000_000)]
    public int CheckpointEverySteps { get; init; } = 50;

    /// <summary>A checkpoint is also written after so much time. Does not change the result.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    internal LoraSettings Lora =>
        new(Rank, RankStabilized ? (float)(Alpha * Math.Sqrt(Rank)) : Alpha, Targets, Seed, TargetPatterns);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Targets & LoraTargets.All) is LoraTargets.None)
        {
            yield return new ValidationResult("Give at least one weight.", [nameof(Targets)]);
        }

        if (Init is AdapterStart.Pissa && Rank > RankMax / 2)
        {
            yield return new ValidationResult($"Give a rank of at most {RankMax / 2} with pissa.", [nameof(Rank)]);
        }
    }

    /// <summary>The learning rate of optimizer step <paramref name="step"/> (from 0) of <paramref name="steps"/>.</summary>
    public double RateAt(long step, long steps)
    {
        var warmUp = (long)Math.Ceiling(WarmUpShare * steps);
        if (step < warmUp)
        {
            return LearningRate * (step + 1) / warmUp;
        }

        if (Schedule is LearningRateSchedule.Constant || steps <= warmUp)
        {
            return LearningRate;
        }

        var done = (double)(step - warmUp) / (steps - warmUp);
        var share = FinalRateShare + (1 - FinalRateShare) * 0.5 * (1 + Math.Cos(Math.PI * done));
        return LearningRate * share;
    }
}

/// <summary>
/// The number format of the frozen base and its activations; the adapter and its optimizer are float32 always.
/// </summary>
public enum Precision
{
    /// <summary>
    /// bfloat16 on a GPU and on a processor that multiplies it faster; else float32. See <see cref="CpuPrecision"/>.
    /// </summary>
    Auto,

    /// <summary>float32</summary>
    Fp32,

    /// <summary>bfloat16</summary>
    Bf16,
}

/// <summary>What an adapter's factors begin with.</summary>
public enum AdapterStart
{
    /// <summary>A random, B zero: the adapter changes nothing at first.</summary>
    Random,

    /// <summary>The principal part of each weight, which is taken out of the base: it changes nothing at first either.</summary>
    Pissa,
}

/// <summary>The learning rate after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Half a cosine from the full rate down to <see cref="TrainingOptions.FinalRateShare"/> of it.</summary>
    Cosine,
    Constant,
}
