namespace Distiller.Mining.Reviewing;

/// <summary>A pattern as the newest mining found it, with what a person said of it.</summary>
/// <param name="Pattern">Null: it is not among the newest patterns (rejected before, or no longer frequent).</param>
/// <param name="Review">The decision that counts; null: none.</param>
public sealed record ReviewedPattern(
    string Id,
    string Intent,
    IReadOnlyList<string> Tools,
    Pattern? Pattern,
    PatternReview? Review
)
{
    public PatternDecision Decision => Review?.Decision ?? PatternDecision.None;
}
