using Distiller.Core;

namespace Distiller.Evaluation.Report;

/// <summary>Everything the page shows. Sections whose list is empty are left out.</summary>
public sealed record ReportInput
{
    /// <summary>What was distilled, for example the name of the tenant or the log.</summary>
    public required string Title { get; init; }

    public required EvaluationSummary Summary { get; init; }

    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required IReadOnlyList<TokenRow> Tokens { get; init; }

    /// <summary>Leads the page; null after a night without tasks that can be carried out.</summary>
    public TrialPart? Trial { get; init; }

    public IReadOnlyList<TrainingCurvePoint> Training { get; init; } = [];

    public IReadOnlyList<TensorErrorRow> TensorErrors { get; init; } = [];

    public IReadOnlyList<Pattern> Patterns { get; init; } = [];

    public IReadOnlyList<LineageEntry> Lineage { get; init; } = [];

    /// <summary>Shown in the head. Leave it out where the same input must give the same bytes on another day.</summary>
    public DateTimeOffset? Created { get; init; }
}
