namespace Distiller.Jobs.Stages;

/// <summary>What a finished training tells the other stages.</summary>
/// <param name="TrainTokens">Tokens processed, every epoch counted.</param>
/// <param name="FinalLoss">Weighted mean of the last step, nats per loss token.</param>
public sealed record TrainingSummary(long TrainTokens, int Steps, double FinalLoss);
