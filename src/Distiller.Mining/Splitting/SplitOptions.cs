namespace Distiller.Mining.Splitting;

public sealed record SplitOptions
{
    /// <summary>Share of the task groups that are held out; above 0, below 1.</summary>
    public double HoldoutShare { get; init; } = 0.2;

    public long Seed { get; init; } = 1;

    /// <summary>Splits by time when the episodes span at least <see cref="DaysMin"/> days, else by hash.</summary>
    public bool ByTime { get; init; }

    /// <summary>Days between the oldest and the newest episode from which a split by time makes sense; at least 1.</summary>
    public int DaysMin { get; init; } = 2;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HoldoutShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(HoldoutShare, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DaysMin, 1);
    }
}
