using Distiller.Training.Lora;

namespace Distiller.Training.Distilling;

/// <summary>Settings of one adapter's training. The ranges are checked by <see cref="Validate"/> before anything runs.</summary>
public sealed record TrainingOptions
{
    /// <summary>r: 1 to 512. A 4-bit B in GGUF wants a multiple of 32.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>Above 0, at most 4096; the change is scaled by Alpha / Rank.</summary>
    public float Alpha { get; init; } = 32;

    public LoraTargets Targets { get; init; } = LoraTargets.All;

    /// <summary>
    /// Of the base: a model loaded in another format is refused, save under <see cref="Precision.Auto"/>, which takes it as it is.
    /// </summary>
    public Precision Precision { get; init; }

    /// <summary>At its highest: above 0, at most 1.</summary>
    public double LearningRate { get; init; } = 5e-4;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Share of the steps over which the rate rises from 0: 0 to 0.5.</summary>
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Where the cosine ends, as a share of the rate: 0 to 1.</summary>
    public double FinalRateShare { get; init; } = 0.1;

    /// <summary>0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon: above 0, at most 0.01.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>0 to 1.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The gradient's joint 2-norm is cut to this: above 0.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>
    /// Whole rows are gathered into one optimizer step as long as they hold at most so many tokens: 1 to 2^24. A longer
    /// row is a step of its own.
    /// </summary>
    public int TokensPerStep { get; init; } = 4096;

    /// <summary>
    /// Rows computed at once hold at most so many tokens: 1 to 2^20. Bounds the memory; a longer row goes alone. It
    /// changes the order of additions and so the last bits.
    /// </summary>
    public int TokensPerPass { get; init; } = 1024;

    /// <summary>Passes over the rows: 1 to 10000.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Training ends with the step that reaches so many tokens: at least 1.</summary>
    public long MaxTrainTokens { get; init; } = long.MaxValue;

    /// <summary>Of the adapter's first values and of the order of the rows.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>A checkpoint after so many steps: 1 to 1000000. Does not change the result.</summary>
    public int CheckpointEverySteps { get; init; } = 50;

    /// <summary>And whenever so much time has passed: a second to a day. Does not change the result.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    internal LoraSettings Lora => new(Rank, Alpha, Targets, Seed);

    /// <exception cref="BadInputException">A value is outside its range.</exception>
    public void Validate()
    {
        var range = new OptionRange("training options");
        range.Require(Rank is >= 1 and <= 512, nameof(Rank), Rank, "1 to 512");
        range.Require(Alpha is > 0 and <= 4096, nameof(Alpha), Alpha, "above 0, at most 4096");
        range.Require(
            (Targets & LoraTargets.All) is not LoraTargets.None,
            nameof(Targets),
            Targets,
            "at least one weight"
        );
        range.Require(Enum.IsDefined(Precision), nameof(Precision), Precision, "Auto, Fp32 or Bf16");
        range.Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "above 0, at most 1");
        range.Require(Enum.IsDefined(Schedule), nameof(Schedule), Schedule, "Cosine or Constant");
        range.Require(WarmUpShare is >= 0 and <= 0.5, nameof(WarmUpShare), WarmUpShare, "0 to 0.5");
        range.Require(FinalRateShare is >= 0 and <= 1, nameof(FinalRateShare), FinalRateShare, "0 to 1");
        range.Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "0 to below 1");
        range.Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "0 to below 1");
        range.Require(Epsilon is > 0 and <= 0.01, nameof(Epsilon), Epsilon, "above 0, at most 0.01");
        range.Require(WeightDecay is >= 0 and <= 1, nameof(WeightDecay), WeightDecay, "0 to 1");
        range.Require(ClipNorm > 0, nameof(ClipNorm), ClipNorm, "above 0");
        range.Require(TokensPerStep is >= 1 and <= 1 << 24, nameof(TokensPerStep), TokensPerStep, "1 to 2^24");
        range.Require(TokensPerPass is >= 1 and <= 1 << 20, nameof(TokensPerPass), TokensPerPass, "1 to 2^20");
        range.Require(Epochs is >= 1 and <= 10000, nameof(Epochs), Epochs, "1 to 10000");
        range.Require(MaxTrainTokens >= 1, nameof(MaxTrainTokens), MaxTrainTokens, "at least 1");
        range.Checkpoints(CheckpointEverySteps, CheckpointEvery);
    }

    /// <summary>The rate of step <paramref name="step"/> (from 0) of <paramref name="steps"/>.</summary>
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
