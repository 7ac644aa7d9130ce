using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Mining.Labelling;

/// <summary>Which labels teach.</summary>
public sealed record LabelOptions
{
    [Setting(
        "labels",
        "Which rules on outcomes may teach beside measured ones: direct (also direct evidence) or measured"
    )]
    public LabelPolicy Policy { get; init; } = LabelPolicy.Direct;

    /// <summary>Confidence from which a rule that nobody measured counts.</summary>
    [Range(0.0, 1.0)]
    public double ConfidenceMin { get; init; } = 0.7;

    /// <summary>Share of a rule's verdicts that must be right, on tasks of the same format whose outcome is known.</summary>
    [Range(0.0, 1.0)]
    public double PrecisionMin { get; init; } = 0.9;

    /// <summary>Verdicts from which a rule counts as measured.</summary>
    [Range(1, int.MaxValue)]
    public int VerdictsMin { get; init; } = 10;
}

/// <summary>Which rules on outcomes may teach.</summary>
public enum LabelPolicy
{
    /// <summary>Measured ones, and those whose evidence is direct.</summary>
    Direct,

    /// <summary>Measured ones alone.</summary>
    Measured,
}
