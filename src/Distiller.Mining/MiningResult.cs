using Distiller.Mining.Deduplicating;
using Distiller.Mining.Examples;
using Distiller.Mining.Splitting;

namespace Distiller.Mining;

/// <summary>Everything one mining run makes.</summary>
/// <param name="Patterns">The most useful first.</param>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Holdout">Rows of the successful holdout episodes, for the loss on tasks never seen.</param>
public sealed record MiningResult(
    Deduplication Deduplication,
    SplitAssignment Split,
    IReadOnlyList<Pattern> Patterns,
    ExampleSet Train,
    ExampleSet Holdout,
    MiningReport Report
);
