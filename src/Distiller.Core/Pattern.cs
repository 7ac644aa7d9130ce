namespace Distiller.Core;

/// <summary>A recurring procedure mined from successful training episodes.</summary>
public sealed record Pattern
{
    /// <summary>SHA-256 prefix over the steps: stable from night to night.</summary>
    public required string Id { get; init; }

    /// <summary>What the episodes that use it have in common, in their own words.</summary>
    public required string Intent { get; init; }

    public required IReadOnlyList<ToolStep> Steps { get; init; }

    /// <summary>Distinct successful training episodes that follow it.</summary>
    public required int Support { get; init; }

    /// <summary>Distinct tasks among them.</summary>
    public required int Tasks { get; init; }

    /// <summary>Success rate of labelled training episodes in which the procedure occurs, 0 to 1.</summary>
    public required double SuccessWith { get; init; }

    /// <summary>Success rate of labelled training episodes in which it does not occur, 0 to 1.</summary>
    public required double SuccessWithout { get; init; }

    /// <summary>Interval of the difference <c>SuccessWith - SuccessWithout</c>.</summary>
    public required Interval Lift { get; init; }

    /// <summary>Tokens of the pattern written out in a prompt.</summary>
    public required int TokensInPrompt { get; init; }

    /// <summary>Mean tokens of assistant turns in the successful episodes that follow it.</summary>
    public required double OutputTokensWith { get; init; }

    /// <summary>Mean tokens of assistant turns in the successful episodes that do not.</summary>
    public required double OutputTokensWithout { get; init; }

    public required IReadOnlyList<EpisodeId> Episodes { get; init; }

    /// <summary>When it should be mined afresh, counted from the newest episode behind it; null when those carry no time.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A 95 % confidence interval.</summary>
public readonly record struct Interval(double Low, double High);
