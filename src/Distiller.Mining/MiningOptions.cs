using Distiller.Mining.Deduplicating;
using Distiller.Mining.Examples;
using Distiller.Mining.Patterns;
using Distiller.Mining.Reviewing;
using Distiller.Mining.Splitting;

namespace Distiller.Mining;

public sealed record MiningOptions
{
    public DeduplicationOptions Deduplication { get; init; } = new();
    public SplitOptions Split { get; init; } = new();
    public PatternOptions Patterns { get; init; } = new();
    public ExampleOptions Examples { get; init; } = new();

    /// <summary>What people decided on patterns; null where nothing is decided.</summary>
    public ReviewedProcedures? Reviews { get; init; }
}
