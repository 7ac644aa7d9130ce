using System.ComponentModel.DataAnnotations;

namespace Distiller.Opsdesk;

public sealed record TestMixOptions : IValidatableObject
{
    public long Seed { get; init; } = 1;

    /// <summary>Tickets of the mix.</summary>
    [Range(1, int.MaxValue)]
    public int Tickets { get; init; } = 200;

    /// <summary>The first test day, after a drift; null: that of the first drift.</summary>
    [Range(0, Ticket.DayMax)]
    public int? FirstDay { get; init; }

    /// <summary>Test days over which they are spread, from that day on.</summary>
    [Range(1, int.MaxValue)]
    public int Days { get; init; } = 2;

    /// <summary>Share of tickets under a rule that has changed.</summary>
    [Range(0.0, 1.0)]
    public double ChangedShare { get; init; } = 0.05;

    /// <summary>Share of tickets under a rule that is new.</summary>
    [Range(0.0, 1.0)]
    public double UnseenShare { get; init; } = 0.05;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ChangedShare + UnseenShare > 1)
        {
            yield return new ValidationResult(
                $"Give at most 1 together with {nameof(ChangedShare)}.",
                [nameof(UnseenShare)]
            );
        }
    }
}
