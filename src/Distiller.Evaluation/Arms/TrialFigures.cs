namespace Distiller.Evaluation;

/// <summary>Every figure of a trial, as a function of its rows, the price table and the options.</summary>
public sealed record TrialFigures
{
    public required int Tasks { get; init; }

    public required int Families { get; init; }

    /// <summary>In the order of their codes.</summary>
    public required IReadOnlyList<TrialArmFigures> Arms { get; init; }

    /// <summary>Each arm that ran against A1, the claim (A3) first.</summary>
    public required IReadOnlyList<TrialComparison> Comparisons { get; init; }

    /// <summary>The training as it was priced, in US dollars; null where no adapter was trained.</summary>
    public required double? TrainingUsd { get; init; }

    /// <summary>A3's against A1; null where one of them did not run.</summary>
    public required TrialVerdict? Verdict { get; init; }

    public required TrialGate Gate { get; init; }
}
