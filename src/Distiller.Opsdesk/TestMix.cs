using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Opsdesk;

/// <summary>
/// The tickets an agent is tested with: after the drift, mostly under known rules, some under the changed, now and then one
/// under a rule nobody has learnt. The number of each stratum is fixed by its share; within one, rules are drawn with
/// replacement. None is worded as a logged one.
/// </summary>
public static class TestMix
{
    public static IReadOnlyList<TestTicket> Draw(Company company, TestMixOptions? options = null)
    {
        options ??= new TestMixOptions();
        OptionsCheck.Require(options);
        var random = SeededRandom.For(options.Seed, "test mix");
        var first = options.FirstDay ?? company.Options.DriftDay;
        var strata = company.At(first).Strata;
        var rules = Rules(company.At(first).Handbook, strata, options, random);
        var perDay = (rules.Count + options.Days - 1) / options.Days;
        return
        [
            .. rules
                .Chunk(perDay)
                .SelectMany(
                    (ofDay, day) => Tickets.Write(company, first + day, ofDay, TicketWording.HeldOut, options.Seed)
                )
                .Select(t => new TestTicket(t, strata[t.Rule.Id])),
        ];
    }

    private static List<Rule> Rules(
        Handbook handbook,
        IReadOnlyDictionary<string, Stratum> strata,
        TestMixOptions options,
        SeededRandom random
    )
    {
        var byStratum = handbook.Rules.ToLookup(r => strata[r.Id]);
        var counts = new Dictionary<Stratum, int>
        {
            [Stratum.Changed] = Share(options.ChangedShare, Stratum.Changed),
            [Stratum.Unseen] = Share(options.UnseenShare, Stratum.Unseen),
        };
        // Where every rule has changed, a changed one is the usual one.
        var usual = byStratum[Stratum.Known].Any() ? Stratum.Known : Stratum.Changed;
        counts[usual] = counts.GetValueOrDefault(usual) + options.Tickets - counts.Values.Sum();
        var rules = new List<Rule>();
        foreach (var stratum in Enum.GetValues<Stratum>())
        {
            IReadOnlyList<Rule> from = [.. byStratum[stratum]];
            rules.AddRange(Enumerable.Range(0, counts.GetValueOrDefault(stratum)).Select(_ => random.Pick(from)));
        }

        random.Shuffle(rules);
        return rules;

        // Rounded down, so that the shares together never take more than all; a company may be without a stratum.
        int Share(double share, Stratum stratum) =>
            byStratum[stratum].Any() ? (int)((options.Tickets * share) + 1e-9) : 0;
    }
}

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

/// <summary>A ticket of the test days.</summary>
/// <param name="Stratum">What an agent that learnt before the drift can know of its rule.</param>
public sealed record TestTicket(Ticket Ticket, Stratum Stratum);
