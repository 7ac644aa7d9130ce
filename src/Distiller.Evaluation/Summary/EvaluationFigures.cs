using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Every figure of an evaluation, as a function of its rows and of nothing else.</summary>
public sealed record EvaluationFigures
{
    /// <summary>Mean negative log-likelihood per held-out completion token, in nats.</summary>
    public required ArmFigures<double> HoldoutLoss { get; init; }

    public required ArmPairs<LossComparison> LossComparisons { get; init; }

    public required ArmFigures<CallAgreement> CallAgreement { get; init; }

    /// <summary>Null where no call was generated.</summary>
    public ArmPairs<CallComparison>? CallComparisons { get; init; }

    public required TokensPerStep TokensPerStep { get; init; }

    public required int MeasuredRows { get; init; }

    public required int MeasuredEpisodes { get; init; }

    /// <summary>Distinct tasks of the measured episodes: what the intervals of the loss resample.</summary>
    public required int MeasuredTasks { get; init; }

    public required int MeasuredSteps { get; init; }

    public required long CompletionTokens { get; init; }

    /// <summary>Verdicts are judged again from the texts, not taken from the rows.</summary>
    /// <exception cref="BadInputException">The arms were not measured on the same steps.</exception>
    public static EvaluationFigures Of(
        IReadOnlyList<EvaluationRow> rows,
        IReadOnlyList<TokenRow> tokens,
        BootstrapOptions bootstrap
    )
    {
        var arms = PairedArms.Of(rows);
        var first = arms[Arm.Base];
        return new EvaluationFigures
        {
            HoldoutLoss = Each(a => LossFigures.Mean(arms[a])),
            LossComparisons = Pairs((a, b) => LossFigures.Compare(arms[a], arms[b], bootstrap)),
            CallAgreement = Each(a => CallFigures.Count(arms[a])),
            CallComparisons = first.Any(s => s.Verdict != CallVerdict.NotMeasured)
                ? Pairs((a, b) => CallFigures.Compare(arms[a], arms[b], bootstrap))
                : null,
            TokensPerStep = TokenFigures.Of(tokens, bootstrap),
            MeasuredRows = first.Select(s => (s.EpisodeId, s.Window)).Distinct().Count(),
            MeasuredEpisodes = first.Select(s => s.EpisodeId).Distinct().Count(),
            MeasuredTasks = first.Select(s => s.TaskId).Distinct(StringComparer.Ordinal).Count(),
            MeasuredSteps = first.Count,
            CompletionTokens = first.Sum(s => (long)s.Tokens),
        };
    }

    private static ArmFigures<T> Each<T>(Func<string, T> figure) =>
        new(figure(Arm.Base), figure(Arm.AdapterF16), figure(Arm.AdapterInt4));

    private static ArmPairs<T> Pairs<T>(Func<string, string, T> figure) =>
        new(
            figure(Arm.AdapterF16, Arm.Base),
            figure(Arm.AdapterInt4, Arm.Base),
            figure(Arm.AdapterInt4, Arm.AdapterF16)
        );
}
