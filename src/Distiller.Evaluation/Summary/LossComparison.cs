using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>The loss of one arm against another's, on identical tokens. Intervals resample whole tasks.</summary>
/// <param name="Difference">Nats per completion token; below zero is better.</param>
/// <param name="RelativeChange">The difference over the other arm's loss: -0.1 is a loss 10 % lower.</param>
public sealed record LossComparison(Estimate Difference, Estimate RelativeChange);
