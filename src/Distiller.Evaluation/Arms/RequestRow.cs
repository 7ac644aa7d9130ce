namespace Distiller.Evaluation;

/// <summary>One request to the model. Some prices depend on how long the prompt of each is.</summary>
public sealed record RequestRow
{
    /// <inheritdoc cref="TrialRow.Arm"/>
    public required string Arm { get; init; }

    public required string TaskId { get; init; }

    /// <summary>0-based within the task.</summary>
    public required int Request { get; init; }

    /// <inheritdoc cref="TrialRow.CacheReadTokens"/>
    public required int CacheReadTokens { get; init; }

    /// <inheritdoc cref="TrialRow.CacheWriteTokens"/>
    public required int CacheWriteTokens { get; init; }

    /// <inheritdoc cref="TrialRow.OutputTokens"/>
    public required int OutputTokens { get; init; }

    /// <summary>The model had not ended when the limit of tokens or the context's end came.</summary>
    public required bool IsCut { get; init; }

    /// <summary>What the model wrote.</summary>
    public required string Answer { get; init; }
}
