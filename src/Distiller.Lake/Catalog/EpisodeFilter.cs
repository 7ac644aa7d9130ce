namespace Distiller.Lake.Catalog;

/// <summary>Which episodes a person wants to see. What is null restricts nothing.</summary>
/// <param name="Text">Words that must all occur in the task, key, agent or model, upper or lower case alike.</param>
/// <param name="From">Started at this time or later; episodes without a time are left out.</param>
/// <param name="To">Started before this time.</param>
public sealed record EpisodeFilter(
    string? Text = null,
    OutcomeKind? Outcome = null,
    string? Format = null,
    string? Tenant = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null
)
{
    /// <summary>Every episode.</summary>
    public static EpisodeFilter All { get; } = new();
}
