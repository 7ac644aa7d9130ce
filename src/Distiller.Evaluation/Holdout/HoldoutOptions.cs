using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Options of the measurement on held-out rows. All of them affect figures and are written beside these.</summary>
public sealed record HoldoutOptions
{
    /// <summary>Rows are taken in turn from the episodes until their tokens reach this.</summary>
    [Setting("max-holdout-tokens", "Tokens of held-out rows that are scored; at least one row is")]
    [Range(1, int.MaxValue)]
    public int MaxHoldoutTokens { get; init; } = 24_000;

    /// <summary>Turns with a tool call that are generated, taken in turn from the episodes.</summary>
    [Setting("tool-steps", "Held-out tool calls that are generated and compared")]
    [Range(0, 1_000_000)]
    public int MaxGeneratedSteps { get; init; } = 24;

    /// <summary>Maximum tokens of a generated turn.</summary>
    [Range(1, 4096)]
    public int MaxNewTokens { get; init; } = 96;

    /// <summary>
    /// With fewer than six tasks, even a lower loss on every single one is not significant at 5 % (two-sided sign test:
    /// 2 / 2^5 = 0.06).
    /// </summary>
    [Setting("min-holdout-tasks", "Fewest held-out tasks from which a lower loss is published, where no trial decides")]
    [Range(2, 10_000)]
    public int TasksMin { get; init; } = 6;

    [Range(1, 1024)]
    public int Threads { get; init; } = 1;

    /// <summary>Seed of the choice of rows and turns, and of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    [Range(BootstrapOptions.DrawsMin, BootstrapOptions.DrawsMax)]
    public int BootstrapDraws { get; init; } = 10_000;

    [JsonIgnore]
    public BootstrapOptions Bootstrap => new(BootstrapDraws, Seed);
}
