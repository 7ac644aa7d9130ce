namespace Distiller.Jobs.Stages;

/// <summary>What a finished training tells the other stages.</summary>
/// <param name="TrainTokens">Tokens processed, every epoch counted.</param>
/// <param name="FinalLoss">Weighted mean of the last step, nats per loss token.</param>
/// <param name="Seconds">That the steps took. Another run of the same training takes other seconds: no key or hash that must repeat holds it.</param>
public sealed record TrainingSummary(long TrainTokens, int Steps, double FinalLoss, double Seconds);
