using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;

namespace Distiller.Mining.Splitting;

public sealed record SplitOptions
{
    /// <summary>Of the task groups.</summary>
    [Setting("holdout", "Share of the tasks kept out of mining and training, for evaluation")]
    [Range(0.05, 0.5)]
    public double HoldoutShare { get; init; } = 0.2;

    public long Seed { get; init; } = 1;

    /// <summary>By time only when the episodes span at least <see cref="DaysMin"/> days, else by hash.</summary>
    [Setting("split", "How they are chosen: hash (at random, by the seed) or time (the newest)")]
    [JsonIgnore]
    public SplitMethod Method { get; init; }

    /// <summary>What a recipe holds, as ever: it would be another adapter's otherwise.</summary>
    public bool ByTime => Method is SplitMethod.Time;

    /// <summary>Days between the oldest and the newest episode from which a split by time makes sense.</summary>
    [Range(1, int.MaxValue)]
    public int DaysMin { get; init; } = 2;
}
