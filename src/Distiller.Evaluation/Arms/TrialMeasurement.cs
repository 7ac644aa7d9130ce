namespace Distiller.Evaluation;

/// <summary>The rows of all arms, and what was measured on what.</summary>
public sealed record TrialMeasurement
{
    /// <summary>Arm by arm in the order of <see cref="Arms"/>, tasks in their order.</summary>
    public required IReadOnlyList<TrialRow> Rows { get; init; }

    /// <summary>In the order of <see cref="Rows"/>, then by request.</summary>
    public required IReadOnlyList<RequestRow> Requests { get; init; }

    /// <inheritdoc cref="IAgentTasks.Title"/>
    public required string TasksTitle { get; init; }

    /// <inheritdoc cref="IAgentTasks.Sha256"/>
    public required string TaskSetSha256 { get; init; }

    public required MeasuredFile Base { get; init; }

    public required IReadOnlyList<MeasuredArm> Arms { get; init; }

    /// <summary>Version and CPU plugin of llama.cpp: another one rounds differently.</summary>
    public required string Runtime { get; init; }

    public required TrialOptions Options { get; init; }
}
