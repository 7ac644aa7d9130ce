using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Pretraining;

/// <summary>Settings of pre-training.</summary>
public sealed record PretrainingOptions
{
    [Setting("steps", "The budget, in optimizer steps")]
    [Range(1, 10_000_000)]
    public int Steps { get; init; } = 4000;

    /// <summary>Whole rows are gathered into one step as long as they hold at most so many tokens.</summary>
    [Setting("tokens-per-step", "Tokens behind one optimizer step")]
    [Range(2, 1 << 20)]
    public int TokensPerStep { get; init; } = 4600;

    /// <summary>Minimum rows of an optimizer step, even if they exceed its tokens.</summary>
    [Range(1, 1024)]
    public int RowsPerStepMin { get; init; } = 2;

    /// <summary>
    /// Rows computed at once hold at most so many tokens, a longer row is a pass of its own. Changes the last bits.
    /// </summary>
    [Range(2, 1 << 20)]
    public int TokensPerPass { get; init; } = 4600;

    /// <summary>Muon's rate, for the matrices.</summary>
    [Setting("muon-rate", "Learning rate of the matrices (Muon)")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double MuonRate { get; init; } = 0.003;

    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>Weight decay of the matrices, as a factor of the rate.</summary>
    [Range(0.0, 1.0)]
    public double MuonDecay { get; init; } = 0.01;

    /// <summary>AdamW's rate, for the embedding. Its decay is 0.</summary>
    [Setting("adam-rate", "Learning rate of the embedding (AdamW)")]
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double AdamRate { get; init; } = 0.0003;

    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double AdamBeta1 { get; init; } = 0.9;

    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double AdamBeta2 { get; init; } = 0.95;

    /// <summary>The gradient is scaled down so that its 2-norm is at most this.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double ClipNorm { get; init; } = 1;

    /// <summary>Steps over which the rates rise from 0.</summary>
    [Range(0, 1_000_000)]
    public int WarmUpSteps { get; init; } = 50;

    /// <summary>The final share of the steps, during which the rates fall.</summary>
    [Range(0.0, 1.0)]
    public double DecayShare { get; init; } = 0.3;

    /// <summary>Final rate, as a share of the full rate.</summary>
    [Range(0.0, 1.0)]
    public double FinalRateShare { get; init; } = 0.05;

    [Setting("rung", "The rung of the ladder to begin at, from 0")]
    [Range(0, int.MaxValue)]
    public int FirstRung { get; init; }

    /// <summary>Share of the steps that take the highest rung reached; the others take a lower one.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TopShare { get; init; } = 0.7;

    /// <summary>Mean exact match of a rung's last batches above which the next is opened.</summary>
    [Range(0.0, 1.0)]
    public double PassMark { get; init; } = 0.75;

    /// <summary>Number of batches over which that mean is taken.</summary>
    [Range(1, 1000)]
    public int PassBatches { get; init; } = 12;

    [Setting("seed", "Of the first weights, the choice of rungs and the rows")]
    public ulong Seed { get; init; } = 1;

    /// <summary>A checkpoint is written after so many optimizer steps. Does not change the result.</summary>
    [Range(1, 1_000_000)]
    public int CheckpointEverySteps { get; init; } = 200;

    /// <summary>A checkpoint is also written after so much time. Does not change the result.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The share of the full rates in step <paramref name="step"/> (from 0): rising, constant, falling linearly.
    /// </summary>
    public double RateShareAt(int step)
    {
        var rising = Math.Min(1, (step + 1.0) / Math.Max(1, WarmUpSteps));
        var left = 1 - (double)step / Steps;
        return rising * (left >= DecayShare ? 1 : Math.Max(FinalRateShare, left / DecayShare));
    }
}
