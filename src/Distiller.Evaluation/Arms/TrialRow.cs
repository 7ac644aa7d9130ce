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

    /// <summary>To the model.</summary>
    public required int Requests { get; init; }

    /// <summary>Prompt tokens neither read from the cache nor written to it: none, while the runtime keeps all it evaluates.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Prompt tokens that the runtime found in its cache.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Prompt tokens that it evaluated; they stay in the cache.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>Generated tokens.</summary>
    public required long OutputTokens { get; init; }
}
