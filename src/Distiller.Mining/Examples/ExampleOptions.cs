using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Mining.Examples;

public sealed record ExampleOptions
{
    /// <summary>The student's whole prompt. The verbose policy is not in it: that is what goes into the weights.</summary>
    [Setting("system", "The one line that replaces the verbose context")]
    public string SystemLine { get; init; } = "You are a careful agent. Use the tools.";

    [Setting("max-sequence", "Tokens of one training row; longer episodes are cut into windows")]
    [Range(64, 32_768)]
    public int SequenceTokensMax { get; init; } = 1024;

    /// <summary>Tokens of all examples; whole episodes are taken until they are used up. Null for no limit.</summary>
    [Range(1.0, double.MaxValue)]
    public long? TrainTokensMax { get; init; }

    /// <summary>
    /// Share of a window after the first that what came before its first target may take. The rest is for
    /// targets, so that long conversations do not repeat their context for every turn.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double ContextShare { get; init; } = 0.5;

    /// <summary>Weighs an episode by one over the successes of its task, so that an easy task does not dominate.</summary>
    public bool WeighByTask { get; init; } = true;

    /// <summary>Draws the order in which episodes are taken until the budget is reached.</summary>
    public long Seed { get; init; } = 1;
}
