namespace Distiller.Evaluation;

/// <summary>What <c>trial.json</c> holds: the figures, and what they were measured on.</summary>
public sealed record TrialSummary
{
    public const string CurrentSchema = "distiller.trial/3";

    public string Schema { get; init; } = CurrentSchema;

    /// <summary>Version and, where known, source revision of the program that measured.</summary>
    public required string CodeVersion { get; init; }

    /// <inheritdoc cref="IAgentTasks.Title"/>
    public required string TasksTitle { get; init; }

    /// <inheritdoc cref="IAgentTasks.Sha256"/>
    public required string TaskSetSha256 { get; init; }

    /// <inheritdoc cref="TrialMeasurement.PromptLine"/>
    public required string PromptLine { get; init; }

    public required MeasuredFile Base { get; init; }

    /// <inheritdoc cref="TrialMeasurement.Embedder"/>
    public required string? Embedder { get; init; }

    /// <summary>The arms that ran, with the hashes of their adapters.</summary>
    public required IReadOnlyList<MeasuredArm> Arms { get; init; }

    /// <inheritdoc cref="TrialMeasurement.Runtime"/>
    public required string Runtime { get; init; }

    public required TrialOptions Options { get; init; }

    /// <summary>Null where no adapter was trained.</summary>
    public required TrainingEffort? Training { get; init; }

    /// <inheritdoc cref="PriceTable.Sha256"/>
    public required string PricesSha256 { get; init; }

    /// <summary><see cref="Price.Name"/> of the price in the headline.</summary>
    public required string PrimaryPrice { get; init; }

    public required TrialFigures Figures { get; init; }

    /// <summary>What the figures do not say, in sentences for people.</summary>
    public required IReadOnlyList<string> CannotShow { get; init; }

    public static TrialSummary Of(
        TrialMeasurement measurement,
        PriceTable prices,
        TrainingEffort? training,
        string codeVersion
    )
    {
        var figures = TrialFigures.Of(measurement.Rows, measurement.Requests, prices, measurement.Options, training);
        return new TrialSummary
        {
            CodeVersion = codeVersion,
            TasksTitle = measurement.TasksTitle,
            TaskSetSha256 = measurement.TaskSetSha256,
            PromptLine = measurement.PromptLine,
            Base = measurement.Base,
            Embedder = measurement.Embedder,
            Arms = measurement.Arms,
            Runtime = measurement.Runtime,
            Options = measurement.Options,
            Training = training,
            PricesSha256 = prices.Sha256,
            PrimaryPrice = prices.Primary.Name,
            Figures = figures,
            CannotShow = TrialLimits.Of(figures, measurement.Requests, prices, measurement.Options),
        };
    }

    /// <summary>The same trial with everything that follows from its rows and the price table computed again.</summary>
    public TrialSummary Recompute(IReadOnlyList<TrialRow> rows, IReadOnlyList<RequestRow> requests, PriceTable prices)
    {
        var figures = TrialFigures.Of(rows, requests, prices, Options, Training);
        return this with
        {
            PricesSha256 = prices.Sha256,
            PrimaryPrice = prices.Primary.Name,
            Figures = figures,
            CannotShow = TrialLimits.Of(figures, requests, prices, Options),
        };
    }
}

/// <summary>Machine and time that the training of the adapter took.</summary>
/// <param name="Machine">A <see cref="MachinePrice.Name"/> of the price table.</param>
/// <param name="Seconds">Zero or more.</param>
public sealed record TrainingEffort(string Machine, double Seconds);
