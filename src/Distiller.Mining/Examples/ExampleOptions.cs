namespace Distiller.Mining.Examples;

public sealed record ExampleOptions
{
    /// <summary>The student's whole prompt. The verbose policy is not in it: that is what goes into the weights.</summary>
    public string SystemLine { get; init; } = "You are a careful agent. Use the tools.";

    /// <summary>Tokens of the longest example; at least 64.</summary>
    public int SequenceTokensMax { get; init; } = 1024;

    /// <summary>Tokens of all examples; whole episodes are taken until they are used up. Null for no limit; at least 1.</summary>
    public long? TrainTokensMax { get; init; }

    /// <summary>
    /// Share of a window after the first that what came before its first target may take; above 0, below 1. The rest is for
    /// targets, so that long conversations do not repeat their context for every turn.
    /// </summary>
    public double ContextShare { get; init; } = 0.5;

    /// <summary>Weighs an episode by one over the successes of its task, so that an easy task does not dominate.</summary>
    public bool WeighByTask { get; init; } = true;

    /// <summary>Draws the order in which episodes are taken until the budget is reached.</summary>
    public long Seed { get; init; } = 1;

    public void Check()
    {
        ArgumentNullException.ThrowIfNull(SystemLine);
        ArgumentOutOfRangeException.ThrowIfLessThan(SequenceTokensMax, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(TrainTokensMax ?? 1, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ContextShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ContextShare, 1);
    }
}
