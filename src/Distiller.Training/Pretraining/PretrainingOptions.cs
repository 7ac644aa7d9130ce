namespace Distiller.Training.Pretraining;

/// <summary>Settings of a training from nothing. The ranges are checked by <see cref="Validate"/> before anything runs.</summary>
public sealed record PretrainingOptions
{
    /// <summary>The budget, in optimizer steps: 1 to 10^7.</summary>
    public int Steps { get; init; } = 4000;

    /// <summary>Whole rows are gathered into one step as long as they hold at most so many tokens: 2 to 2^20.</summary>
    public int TokensPerStep { get; init; } = 4600;

    /// <summary>Yet a step has at least so many rows: 1 to 1024.</summary>
    public int RowsPerStepMin { get; init; } = 2;

    /// <summary>Rows computed at once hold at most so many tokens, a longer one goes alone: 2 to 2^20. Changes the last bits.</summary>
    public int TokensPerPass { get; init; } = 4600;

    /// <summary>Muon's rate, for the matrices: above 0, at most 1.</summary>
    public double MuonRate { get; init; } = 0.003;

    /// <summary>0 to below 1.</summary>
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>Of the matrices, times the rate: 0 to 1.</summary>
    public double MuonDecay { get; init; } = 0.01;

    /// <summary>AdamW's rate, for the embedding: above 0, at most 1. Its decay is 0.</summary>
    public double AdamRate { get; init; } = 0.0003;

    /// <summary>0 to below 1.</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>0 to below 1.</summary>
    public double AdamBeta2 { get; init; } = 0.95;

    /// <summary>The gradient's joint 2-norm is cut to this: above 0.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Steps over which the rates rise from 0: 0 to 10^6.</summary>
    public int WarmUpSteps { get; init; } = 50;

    /// <summary>The last share of the steps, over which the rates fall: 0 to 1.</summary>
    public double DecayShare { get; init; } = 0.3;

    /// <summary>What the rates fall towards, as a share of them: 0 to 1.</summary>
    public double FinalRateShare { get; init; } = 0.05;

    /// <summary>The rung to begin at, from 0.</summary>
    public int FirstRung { get; init; }

    /// <summary>Share of the steps that take the highest rung reached; the others take a lower one. Above 0, at most 1.</summary>
    public double TopShare { get; init; } = 0.7;

    /// <summary>Mean exact match of a rung's last batches above which the next is opened: 0 to 1.</summary>
    public double PassMark { get; init; } = 0.75;

    /// <summary>How many batches that mean is taken over: 1 to 1000.</summary>
    public int PassBatches { get; init; } = 12;

    /// <summary>Of the choice of rungs and the rows.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>A checkpoint after so many steps: 1 to 1000000. Does not change the result.</summary>
    public int CheckpointEverySteps { get; init; } = 200;

    /// <summary>And whenever so much time has passed: a second to a day. Does not change the result.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <exception cref="BadInputException">A value is outside its range.</exception>
    public void Validate()
    {
        var range = new OptionRange("pre-training options");
        range.Require(Steps is >= 1 and <= 10_000_000, nameof(Steps), Steps, "1 to 10^7");
        range.Require(TokensPerStep is >= 2 and <= 1 << 20, nameof(TokensPerStep), TokensPerStep, "2 to 2^20");
        range.Require(RowsPerStepMin is >= 1 and <= 1024, nameof(RowsPerStepMin), RowsPerStepMin, "1 to 1024");
        range.Require(TokensPerPass is >= 2 and <= 1 << 20, nameof(TokensPerPass), TokensPerPass, "2 to 2^20");
        range.Require(MuonRate is > 0 and <= 1, nameof(MuonRate), MuonRate, "above 0, at most 1");
        range.Require(MuonMomentum is >= 0 and < 1, nameof(MuonMomentum), MuonMomentum, "0 to below 1");
        range.Require(MuonDecay is >= 0 and <= 1, nameof(MuonDecay), MuonDecay, "0 to 1");
        range.Require(AdamRate is > 0 and <= 1, nameof(AdamRate), AdamRate, "above 0, at most 1");
        range.Require(AdamBeta1 is >= 0 and < 1, nameof(AdamBeta1), AdamBeta1, "0 to below 1");
        range.Require(AdamBeta2 is >= 0 and < 1, nameof(AdamBeta2), AdamBeta2, "0 to below 1");
        range.Require(ClipNorm > 0, nameof(ClipNorm), ClipNorm, "above 0");
        range.Require(WarmUpSteps is >= 0 and <= 1_000_000, nameof(WarmUpSteps), WarmUpSteps, "0 to 10^6");
        range.Require(DecayShare is >= 0 and <= 1, nameof(DecayShare), DecayShare, "0 to 1");
        range.Require(FinalRateShare is >= 0 and <= 1, nameof(FinalRateShare), FinalRateShare, "0 to 1");
        range.Require(FirstRung >= 0, nameof(FirstRung), FirstRung, "0 or more");
        range.Require(TopShare is > 0 and <= 1, nameof(TopShare), TopShare, "above 0, at most 1");
        range.Require(PassMark is >= 0 and <= 1, nameof(PassMark), PassMark, "0 to 1");
        range.Require(PassBatches is >= 1 and <= 1000, nameof(PassBatches), PassBatches, "1 to 1000");
        range.Checkpoints(CheckpointEverySteps, CheckpointEvery);
    }

    /// <summary>The share of the full rates in step <paramref name="step"/> (from 0): rising, constant, falling linearly.</summary>
    public double RateShareAt(int step)
    {
        var rising = Math.Min(1, (step + 1.0) / Math.Max(1, WarmUpSteps));
        var left = 1 - (double)step / Steps;
        return rising * (left >= DecayShare ? 1 : Math.Max(FinalRateShare, left / DecayShare));
    }
}
