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

    /// <summary>Over the held-out rows that were measured.</summary>
    public required string ExampleSetSha256 { get; init; }

    /// <summary>Version and CPU plugin of llama.cpp: another one rounds differently.</summary>
    public required string Runtime { get; init; }

    public required HoldoutOptions Options { get; init; }

    /// <summary>Held-out rows that were offered; <see cref="MeasuredRows"/> of them were measured.</summary>
    public required int OfferedRows { get; init; }

    public required int OfferedEpisodes { get; init; }

    /// <summary>Steps of the measured rows that hold a logged tool call; calls were generated at some of them or at all.</summary>
    public required int CallSteps { get; init; }

    public required int MeasuredRows { get; init; }

    public required int MeasuredEpisodes { get; init; }

    /// <summary>Distinct held-out tasks; null in evaluations of an earlier version, where each episode counts as a task.</summary>
    public int? MeasuredTasks { get; init; }

    public required int MeasuredSteps { get; init; }

    public required long CompletionTokens { get; init; }

    /// <inheritdoc cref="EvaluationFigures.HoldoutLoss"/>
    public required ArmFigures<double> HoldoutLoss { get; init; }

    public required ArmPairs<LossComparison> LossComparisons { get; init; }

    public required ArmFigures<CallAgreement> CallAgreement { get; init; }

    public ArmPairs<CallComparison>? CallComparisons { get; init; }

    public required TokensPerStep TokensPerStep { get; init; }

    /// <summary>Whether the adapter may be published where no trial on tasks decides; follows from the figures above.</summary>
    public Gate Gate => LossGate.Of(this);

    /// <summary>What the figures do not say, in sentences for people.</summary>
    public required IReadOnlyList<string> CannotShow { get; init; }

    public static EvaluationSummary Of(
        HoldoutMeasurement measurement,
        IReadOnlyList<TokenRow> tokens,
        string toolVersion
    )
    {
        var figures = EvaluationFigures.Of(measurement.Rows, tokens, measurement.Options.Bootstrap);
        return new EvaluationSummary
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
            MeasuredRows = figures.MeasuredRows,
            MeasuredEpisodes = figures.MeasuredEpisodes,
            MeasuredTasks = figures.MeasuredTasks,
            MeasuredSteps = figures.MeasuredSteps,
            CompletionTokens = figures.CompletionTokens,
            HoldoutLoss = figures.HoldoutLoss,
            LossComparisons = figures.LossComparisons,
            CallAgreement = figures.CallAgreement,
            CallComparisons = figures.CallComparisons,
            TokensPerStep = figures.TokensPerStep,
            CannotShow = Limits.Of(figures, measurement),
        };
    }
}
