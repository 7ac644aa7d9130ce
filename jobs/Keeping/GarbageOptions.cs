namespace Distiller.Jobs.Keeping;

/// <summary>What a collection of garbage keeps besides what releases rest on.</summary>
public sealed record GarbageOptions
{
    /// <summary>The newest so many artifacts of each kind stay, with all they were made from; at least 1.</summary>
    public int KeepNights { get; init; } = 7;

    /// <summary>Unfinished work that was written to within so many days stays, with all it is made from; at least 0.</summary>
    public int WorkDays { get; init; } = 14;

    /// <summary>
    /// Artifacts of nights that are not over, as <c>kind/key</c> or bare keys: they stay with all they were made from, and so
    /// does unfinished work that is made from one of them, whatever its age.
    /// </summary>
    public IReadOnlyCollection<string> Pinned { get; init; } = [];

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepNights, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WorkDays);
    }
}
