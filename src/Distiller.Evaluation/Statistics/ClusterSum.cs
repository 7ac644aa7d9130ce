namespace Distiller.Evaluation.Statistics;

/// <summary>What one cluster (an episode, a task family) adds to a ratio of sums: nats and tokens, cost and solved tasks.</summary>
public readonly record struct ClusterSum(double Numerator, double Denominator);
