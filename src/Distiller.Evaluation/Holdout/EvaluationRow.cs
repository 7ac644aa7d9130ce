namespace Distiller.Evaluation;

/// <summary>
/// One measurement: an assistant turn of a held-out row under one arm. Every figure is recomputed from these.
/// </summary>
public sealed record EvaluationRow
{
    public required string EpisodeId { get; init; }

    /// <summary>The episode's task; null in rows of an earlier version, where each episode counts as a task.</summary>
    public string? TaskId { get; init; }

    /// <summary>0-based window of the episode.</summary>
    public required int Window { get; init; }

    /// <summary>0-based assistant turn of the window.</summary>
    public required int Step { get; init; }

    /// <summary>One of <see cref="Evaluation.Arm"/>.</summary>
    public required string Arm { get; init; }

    /// <summary>Completion tokens of the logged turn.</summary>
    public required int Tokens { get; init; }

    /// <summary>Sum of the negative log-likelihoods of these tokens, in nats.</summary>
    public required double Nats { get; init; }

    /// <summary>A <see cref="CallVerdict"/>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Text of the logged turn where a call was generated; else empty.</summary>
    public required string Logged { get; init; }

    /// <summary>Text that the model wrote where a call was generated; else empty.</summary>
    public required string Generated { get; init; }
}

/// <summary>Names of the compared arms in rows and figures.</summary>
public static class Arm
{
    /// <summary>The bare base model.</summary>
    public const string Base = "base";

    /// <summary>The base with the adapter in 16 bit.</summary>
    public const string AdapterF16 = "adapter-f16";

    /// <summary>The base with the adapter in INT4, as exported.</summary>
    public const string AdapterInt4 = "adapter-int4";

    public static IReadOnlyList<string> All { get; } = [Base, AdapterF16, AdapterInt4];
}
