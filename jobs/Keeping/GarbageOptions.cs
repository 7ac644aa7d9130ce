using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Jobs.Keeping;

/// <summary>What a collection of garbage keeps besides what releases rest on.</summary>
public sealed record GarbageOptions
{
    internal const int KeepNightsMax = 100_000;

    [Setting("keep-nights", "The newest so many artifacts of each kind stay, with all they were made from")]
    [Range(1, KeepNightsMax)]
    public int KeepNights { get; init; } = 7;

    [Setting("work-days", "Unfinished work that was written to within so many days stays, with all it is made from")]
    [Range(0, 36_500)]
    public int WorkDays { get; init; } = 14;

    /// <summary>
    /// Artifacts of nights that are not over, as <c>kind/key</c> or bare keys: they stay with all they were made from, and so
    /// does unfinished work that is made from one of them, whatever its age.
    /// </summary>
    public IReadOnlyCollection<string> Pinned { get; init; } = [];
}
