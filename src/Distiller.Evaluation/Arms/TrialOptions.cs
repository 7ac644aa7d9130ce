using System.Text.Json.Serialization;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>How the arms are run and judged, fixed before anything runs and written beside the figures.</summary>
public sealed record TrialOptions
{
    /// <summary>Generated tokens per request, 1 to 4096.</summary>
    public int MaxOutputTokens { get; init; } = 160;

    /// <summary>Largest loss of success that still counts as none, as a share: 0.03 is three points. Between 0 and 1.</summary>
    public double Margin { get; init; } = 0.03;

    /// <summary>Tasks over which the training is paid off in the cost per task.</summary>
    public long AmortisedTasks { get; init; } = 10_000;

    /// <summary>Arms run at a time.</summary>
    [JsonIgnore]
    public int ArmsAtOnce { get; init; } = 2;

    /// <summary>Threads of each arm; another number may round differently.</summary>
    public int ThreadsPerArm { get; init; } = 1;

    /// <summary>Of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    public int BootstrapDraws { get; init; } = 10_000;

    [JsonIgnore]
    public BootstrapOptions Bootstrap => new(BootstrapDraws, Seed);

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutputTokens, 1, nameof(MaxOutputTokens));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxOutputTokens, 4096, nameof(MaxOutputTokens));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Margin, 0, nameof(Margin));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Margin, 1, nameof(Margin));
        ArgumentOutOfRangeException.ThrowIfLessThan(AmortisedTasks, 1, nameof(AmortisedTasks));
        ArgumentOutOfRangeException.ThrowIfLessThan(ArmsAtOnce, 1, nameof(ArmsAtOnce));
        ArgumentOutOfRangeException.ThrowIfLessThan(ThreadsPerArm, 1, nameof(ThreadsPerArm));
        Bootstrap.Check();
    }
}
