using Distiller.Core;
using Distiller.Core.Settings;

namespace Distiller.Evaluation;

/// <summary>Every figure of a trial, as a function of its rows, the price table and the options.</summary>
public sealed record TrialFigures
{
    public required int Tasks { get; init; }

    public required int Families { get; init; }

    /// <summary>Figures per arm, in the order of their codes.</summary>
    public required IReadOnlyList<TrialArmFigures> Arms { get; init; }

    /// <summary>
    /// Each arm that ran against A1, the claim (A3) first; then the null control (A4) against the claim, and the router's against
    /// the router.
    /// </summary>
    public required IReadOnlyList<TrialComparison> Comparisons { get; init; }

    /// <summary>The training as it was priced, in US dollars; null where no adapter was trained.</summary>
    public required double? TrainingUsd { get; init; }

    /// <summary>Verdict of A3 against A1; null where one of them did not run.</summary>
    public required TrialVerdict? Verdict { get; init; }

    public required Gate Gate { get; init; }

    /// <summary>Null where A1 did not run.</summary>
    public required TrialPlan? Plan { get; init; }

    /// <exception cref="BadInputException">
    /// The arms did not work the same tasks, or the table has no price for the training or the embedding.
    /// </exception>
    public static TrialFigures Of(
        IReadOnlyList<TrialRow> rows,
        IReadOnlyList<RequestRow> requests,
        PriceTable prices,
        TrialOptions options,
        TrainingEffort? training
    )
    {
        OptionsCheck.Require(options);
        var arms = WorkedArms.Of(rows, requests);
        Billing.RequireEmbeddingPrice(prices, rows);
        var tasks = arms.First().Value;
        var trainingUsd = training is null ? (double?)null : Billing.Usd(prices, training);
        var comparisons = arms.TryGetValue(TrialArm.VerboseContext, out var cached)
            ? arms.Where(a => a.Key != TrialArm.VerboseContext)
                .OrderBy(a => a.Key != TrialArm.AdapterInt4)
                .Select(a =>
                    ArmComparison.Of((a.Key, a.Value), (TrialArm.VerboseContext, cached), prices, options, trainingUsd)
                )
                .ToList()
            : [];
        if (comparisons.Count > 0)
        {
            comparisons.AddRange(
                new[] { TrialArm.AdapterInt4, TrialArm.Router }
                    .Where(claim => arms.ContainsKey(claim) && arms.ContainsKey(TrialArm.ControlOf(claim)))
                    .Select(claim =>
                        ArmComparison.Of(
                            (TrialArm.ControlOf(claim), arms[TrialArm.ControlOf(claim)]),
                            (claim, arms[claim]),
                            prices,
                            options,
                            trainingUsd
                        )
                    )
            );
        }

        IReadOnlyList<TrialArmFigures> figures =
        [
            .. arms.Select(a => ArmAccount.Of(a.Key, a.Value, prices, options, trainingUsd)),
        ];
        var entriesChanged =
            arms.TryGetValue(TrialArm.Router, out var routed) && routed.Any(t => t.Row.ServedBy.Length == 0);
        return new TrialFigures
        {
            Tasks = tasks.Count,
            Families = tasks.Select(t => t.Row.Family).Distinct(StringComparer.Ordinal).Count(),
            Arms = figures,
            Comparisons = comparisons,
            TrainingUsd = trainingUsd,
            Verdict = TrialJudge.Against(comparisons, TrialArm.AdapterInt4)?.Verdict,
            Gate = TrialJudge.Gate(comparisons, options.Margin),
            Plan = TrialPlan.Of(figures, comparisons, entriesChanged, prices),
        };
    }
}
