using Distiller.Core;
using Distiller.Evaluation;
using Distiller.Reporting.Trials;

namespace Distiller.Reporting;

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

/// <summary>One artifact the adapter was made from.</summary>
/// <param name="Detail">A few words on it, for example <c>1,204 episodes</c>.</param>
public sealed record LineageEntry(string Stage, string Key, string Detail);

/// <summary>What INT4 did to one adapted matrix.</summary>
/// <param name="Tensor">Of the base, for example <c>blk.3.attn_q</c>.</param>
/// <param name="RelativeError">Frobenius norm of the error of the product BA over that of the product: 0.05 is 5 %.</param>
public sealed record TensorErrorRow(string Tensor, double RelativeError);

/// <summary>One optimizer step of the training.</summary>
/// <param name="Loss">Nats per token.</param>
public sealed record TrainingCurvePoint(int Step, double Loss, double LearningRate);
