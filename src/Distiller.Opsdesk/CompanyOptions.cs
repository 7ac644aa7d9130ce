using System.ComponentModel.DataAnnotations;

namespace Distiller.Opsdesk;

public sealed record CompanyOptions : IValidatableObject
{
    public long Seed { get; init; } = 1;

    public NamePool Pool { get; init; } = NamePool.Pretraining;

    /// <summary>Rules of the handbook before the drift. Few make a curriculum's first rungs.</summary>
    [Range(1, 200)]
    public int Rules { get; init; } = 60;

    /// <summary>Fewest actions of a plan before the closing.</summary>
    [Range(1, 3)]
    public int ActionsMin { get; init; } = 1;

    /// <summary>Most actions of a plan before the closing.</summary>
    [Range(1, 3)]
    public int ActionsMax { get; init; } = 3;

    /// <summary>
    /// Share of a subject's conditions that have a rule, about. High: an entry is told by both words of
    /// its situation. Low: the subject alone tells it, as in a curriculum's first rungs.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Density { get; init; } = 0.6;

    /// <summary>Midnight (UTC) of day 0.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first day on which the changed and the new rules hold; days before it are for training.</summary>
    [Range(1, Ticket.DayMax)]
    public int DriftDay { get; init; } = 5;

    /// <summary>Rules whose plan changes on that day.</summary>
    [Range(0, 200)]
    public int ChangedRules { get; init; } = 1;

    /// <summary>Rules whose plan changes on each of the days after it, one number a day; each 0 to all.</summary>
    public IReadOnlyList<int> LaterChanges { get; init; } = [];

    /// <summary>Rules that are added on the drift day, which nobody can have learnt before.</summary>
    [Range(0, 20)]
    public int UnseenRules { get; init; } = 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ActionsMax < ActionsMin)
        {
            yield return new ValidationResult(
                $"Give {ActionsMin} or more, as {nameof(ActionsMin)} is.",
                [nameof(ActionsMax)]
            );
        }

        if (ChangedRules > Rules)
        {
            yield return new ValidationResult($"Give at most {Rules}, all rules.", [nameof(ChangedRules)]);
        }

        if (LaterChanges.Any(c => c < 0 || c > Rules))
        {
            yield return new ValidationResult($"Give 0 to {Rules}, all rules.", [nameof(LaterChanges)]);
        }
    }
}
