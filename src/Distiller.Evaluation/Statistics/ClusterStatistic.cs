namespace Distiller.Evaluation.Statistics;

/// <summary>A figure of a resample.</summary>
/// <param name="copies">How often each cluster was drawn. All ones is the sample itself.</param>
public delegate double ClusterStatistic(ReadOnlySpan<int> copies);
