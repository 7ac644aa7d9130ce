namespace Distiller.Evaluation;

/// <summary>One task worked under one arm. Every figure follows from these, the requests and the price table.</summary>
public sealed record TrialRow
{
    /// <summary>A <see cref="TrialArm.Code"/>.</summary>
    public required string Arm { get; init; }

    public required string TaskId { get; init; }

    public required string Family { get; init; }

    public required string Stratum { get; init; }

    public required bool Solved { get; init; }

    /// <summary>One word why not; empty when solved.</summary>
    public required string Reason { get; init; }

    public required string Detail { get; init; }

    /// <summary>Number of requests to the model.</summary>
    public required int Requests { get; init; }

    /// <summary>
    /// Prompt tokens neither read from the cache nor written to it: always 0, because the runtime caches every token it
    /// evaluates.
    /// </summary>
    public required long InputTokens { get; init; }

    /// <summary>Prompt tokens that the runtime found in its cache.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Prompt tokens that the runtime evaluated; they stay in the cache.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>Generated tokens.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Tokens that an embedding model read to make the prompt; billed, and no part of the task's tokens.</summary>
    public long EmbeddingTokens { get; init; }

    /// <summary>
    /// Code of the arm whose row this is, where a router served the task by that arm; empty where the task was worked under
    /// this arm.
    /// </summary>
    public string ServedBy { get; init; } = "";
}

/// <summary>How sure the adapter that is published was of one answer.</summary>
/// <param name="Request">0-based within the task.</param>
/// <param name="EntropyMean">As <see cref="Core.AnswerConfidence"/> has it, and so the rest.</param>
public sealed record ConfidenceRow(
    string Arm,
    string TaskId,
    int Request,
    double EntropyMean,
    double EntropyMax,
    double MarginMean,
    double MarginMin
);

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

    /// <summary>True where the token limit or the end of the context cut the answer off.</summary>
    public required bool IsCut { get; init; }

    /// <summary>What the model wrote.</summary>
    public required string Answer { get; init; }
}
