namespace Distiller.Evaluation;

/// <summary>The rows of all arms, and what was measured on what.</summary>
public sealed record HoldoutMeasurement
{
    /// <summary>Sorted by episode, window, step, and arm in the order of <see cref="Arm.All"/>.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required MeasuredFile Base { get; init; }

    public required MeasuredFile AdapterF16 { get; init; }

    public required MeasuredFile AdapterInt4 { get; init; }

    public required string ExampleSetSha256 { get; init; }

    public required string Runtime { get; init; }

    public required HoldoutOptions Options { get; init; }

    public required int OfferedRows { get; init; }

    public required int OfferedEpisodes { get; init; }

    /// <summary>Steps of the measured rows that hold a logged tool call.</summary>
    public required int CallSteps { get; init; }
}
