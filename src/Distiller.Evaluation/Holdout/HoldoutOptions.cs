using System.Text.Json.Serialization;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>How much held-out work is measured, and how. All of it changes figures and is written beside them.</summary>
public sealed record HoldoutOptions
{
    /// <summary>Rows are taken in turn from the episodes until their tokens reach this; at least one row is.</summary>
    public int MaxHoldoutTokens { get; init; } = 50_000;

    /// <summary>Steps at which the next tool call is generated, taken in turn from the episodes. 0 measures none.</summary>
    public int MaxGeneratedSteps { get; init; } = 60;

    /// <summary>Per generated step, 1 to 4096.</summary>
    public int MaxNewTokens { get; init; } = 96;

    /// <summary>
    /// Fewest held-out tasks from which a fall of the loss may be published, 2 to 10,000. Below six even a fall at every single
    /// task is no evidence at 5 % (two-sided sign test: 2 / 2^5 = 0.06).
    /// </summary>
    public int TasksMin { get; init; } = 6;

    public int Threads { get; init; } = 1;

    /// <summary>Of the choice of rows and steps and of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    public int BootstrapDraws { get; init; } = 10_000;

    [JsonIgnore]
    public BootstrapOptions Bootstrap => new(BootstrapDraws, Seed);

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHoldoutTokens, 1, nameof(MaxHoldoutTokens));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxGeneratedSteps, nameof(MaxGeneratedSteps));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNewTokens, 1, nameof(MaxNewTokens));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxNewTokens, 4096, nameof(MaxNewTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(TasksMin, 2, nameof(TasksMin));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TasksMin, 10_000, nameof(TasksMin));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, nameof(Threads));
        Bootstrap.Check();
    }
}
