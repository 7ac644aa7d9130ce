namespace Distiller.Mining.Reviewing;

/// <summary>One decision of a person on a pattern.</summary>
public sealed record PatternReview
{
    /// <summary>The pattern's id.</summary>
    public required string Pattern { get; init; }

    /// <summary>The tools of its steps; the id is their hash, so a rejected procedure is known without being mined again.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>What the pattern was about when it was decided on.</summary>
    public required string Intent { get; init; }

    public required PatternDecision Decision { get; init; }

    /// <summary>Who decided.</summary>
    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public required string Note { get; init; }
}
