namespace Distiller.Core;

/// <summary>How an episode ended, and who says so.</summary>
/// <param name="Judge">What decided, for example a benchmark's tests; empty when unknown.</param>
/// <param name="Score">The judge's own number, for example the share of the tests that passed.</param>
/// <param name="Confidence">How sure it is, 0 to 1; null for a verdict that the log itself tells.</param>
public sealed record Outcome(OutcomeKind Kind, string Judge, double? Score = null, double? Confidence = null)
{
    public static Outcome Unknown { get; } = new(OutcomeKind.Unknown, "");
}

public enum OutcomeKind
{
    Unknown,
    Succeeded,
    Failed,
}
