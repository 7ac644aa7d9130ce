namespace Distiller.Core;

/// <summary>How an episode ended, and who says so.</summary>
/// <param name="Judge">What decided, for example a benchmark's tests; empty when unknown.</param>
public sealed record Outcome(OutcomeKind Kind, string Judge, double? Score = null)
{
    public static Outcome Unknown { get; } = new(OutcomeKind.Unknown, "");
}

public enum OutcomeKind
{
    Unknown,
    Succeeded,
    Failed,
}
