namespace Distiller.Evaluation.Statistics;

/// <summary>What one cluster (a task family) adds to the cost of pass of two arms: cost (or tokens) and solved tasks.</summary>
public readonly record struct PassCost(double Cost, int Solved, double AgainstCost, int AgainstSolved);
