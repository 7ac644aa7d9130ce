using Distiller.Core;

namespace Distiller.Evaluation;

/// <summary>The certificate, as <c>evaluation.json</c> holds it.</summary>
public sealed record EvaluationSummary
{
    public const string CurrentSchema = "distiller.evaluation/1";

    public string Schema { get; init; } = CurrentSchema;

    public required string ToolVersion { get; init; }

    public required MeasuredFile Base { get; init; }

    public required MeasuredFile AdapterF16 { get; init; }

    public required MeasuredFile AdapterInt4 { get; init; }

    /// <summary>Hash of the held-out rows that were measured.</summary>
    public required string ExampleSetSha256 { get; init; }

    /// <summary>Version and CPU plugin of llama.cpp: another one rounds differently.</summary>
    public required string Runtime { get; init; }

    public required HoldoutOptions Options { get; init; }

    /// <summary>Held-out rows that were offered; <see cref="MeasuredRows"/> of them were measured.</summary>
    public required int OfferedRows { get; init; }

    public required int OfferedEpisodes { get; init; }

    /// <summary>
    /// Turns of the measured rows that contain a logged tool call; calls were generated for some or all of them.
    /// </summary>
    public required int CallSteps { get; init; }

    public required int MeasuredRows { get; init; }

    public required int MeasuredEpisodes { get; init; }

    /// <summary>
    /// Distinct held-out tasks, which the loss's intervals resample; null in evaluations of an earlier version, where
    /// each episode counts as a task.
    /// </summary>
    public int? MeasuredTasks { get; init; }

    public required int MeasuredSteps { get; init; }

    public required long CompletionTokens { get; init; }

    /// <summary>Mean negative log-likelihood per held-out completion token, in nats.</summary>
    public required ArmFigures<double> HoldoutLoss { get; init; }

    public required ArmPairs<LossComparison> LossComparisons { get; init; }

    public required ArmFigures<CallAgreement> CallAgreement { get; init; }

    /// <summary>Null where no call was generated.</summary>
    public ArmPairs<CallComparison>? CallComparisons { get; init; }

    public required TokensPerStep TokensPerStep { get; init; }

    /// <summary>
    /// Whether the adapter may be published where no trial on tasks decides; follows from the figures above.
    /// </summary>
    public Gate Gate => LossGate.Of(this);

    /// <summary>
    /// Share of the taught tokens, 0 to 1, whose tasks are known to have succeeded by a rule that nobody could measure on the
    /// format of their logs.
    /// </summary>
    public double UnmeasuredShare { get; init; }

    /// <summary>What the figures do not say, in sentences for people.</summary>
    public required IReadOnlyList<string> CannotShow { get; init; }

    /// <summary>Verdicts are judged again from the texts, not taken from the rows.</summary>
    /// <param name="unmeasuredShare">See <see cref="UnmeasuredShare"/>.</param>
    /// <exception cref="BadInputException">The arms were not measured on the same steps.</exception>
    public static EvaluationSummary Of(
        HoldoutMeasurement measurement,
        IReadOnlyList<TokenRow> tokens,
        string toolVersion,
        double unmeasuredShare = 0
    )
    {
        var bootstrap = measurement.Options.Bootstrap;
        var arms = PairedArms.Of(measurement.Rows);
        var first = arms[Arm.Base];
        var summary = new EvaluationSummary
        {
            ToolVersion = toolVersion,
            Base = measurement.Base,
            AdapterF16 = measurement.AdapterF16,
            AdapterInt4 = measurement.AdapterInt4,
            ExampleSetSha256 = measurement.ExampleSetSha256,
            Runtime = measurement.Runtime,
            Options = measurement.Options,
            OfferedRows = measurement.OfferedRows,
            OfferedEpisodes = measurement.OfferedEpisodes,
            CallSteps = measurement.CallSteps,
            MeasuredRows = first.Select(s => (s.EpisodeId, s.Window)).Distinct().Count(),
            MeasuredEpisodes = first.Select(s => s.EpisodeId).Distinct().Count(),
            MeasuredTasks = first.Select(s => s.TaskId).Distinct(StringComparer.Ordinal).Count(),
            MeasuredSteps = first.Count,
            CompletionTokens = first.Sum(s => (long)s.Tokens),
            HoldoutLoss = Each(a => LossFigures.Mean(arms[a])),
            LossComparisons = Pairs((a, b) => LossFigures.Compare(arms[a], arms[b], bootstrap)),
            CallAgreement = Each(a => CallFigures.Count(arms[a])),
            CallComparisons = first.Any(s => s.Verdict != CallVerdict.NotMeasured)
                ? Pairs((a, b) => CallFigures.Compare(arms[a], arms[b], bootstrap))
                : null,
            TokensPerStep = TokenFigures.Of(tokens, bootstrap),
            UnmeasuredShare = unmeasuredShare,
            CannotShow = [],
        };
        return summary with { CannotShow = Limits.Of(summary) };
    }

    /// <summary>The same certificate with every figure computed again from these rows.</summary>
    public EvaluationSummary Recompute(IReadOnlyList<EvaluationRow> rows, IReadOnlyList<TokenRow> tokens) =>
        Of(
            new HoldoutMeasurement
            {
                Rows = rows,
                Base = Base,
                AdapterF16 = AdapterF16,
                AdapterInt4 = AdapterInt4,
                ExampleSetSha256 = ExampleSetSha256,
                Runtime = Runtime,
                Options = Options,
                OfferedRows = OfferedRows,
                OfferedEpisodes = OfferedEpisodes,
                CallSteps = CallSteps,
            },
            tokens,
            ToolVersion,
            UnmeasuredShare
        ) with
        {
            CannotShow = CannotShow,
        };

    private static ArmFigures<T> Each<T>(Func<string, T> figure) =>
        new(figure(Arm.Base), figure(Arm.AdapterF16), figure(Arm.AdapterInt4));

    private static ArmPairs<T> Pairs<T>(Func<string, string, T> figure) =>
        new(
            figure(Arm.AdapterF16, Arm.Base),
            figure(Arm.AdapterInt4, Arm.Base),
            figure(Arm.AdapterInt4, Arm.AdapterF16)
        );
}

/// <summary>One figure of the same kind for each arm.</summary>
public sealed record ArmFigures<T>(T Base, T AdapterF16, T AdapterInt4);

/// <summary>One comparison of the same kind for each pair of arms that is asked about.</summary>
public sealed record ArmPairs<T>(T AdapterF16VersusBase, T AdapterInt4VersusBase, T AdapterInt4VersusF16);

/// <summary>A measured file, identified by its content.</summary>
public sealed record MeasuredFile(string Name, string Sha256, long Bytes);
