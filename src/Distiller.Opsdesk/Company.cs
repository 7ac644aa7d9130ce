using Distiller.Core.Settings;

namespace Distiller.Opsdesk;

/// <summary>
/// A company as it is on one day: what it has and what its handbook says. All of it follows from
/// <see cref="CompanyOptions"/>.
/// </summary>
public sealed class Company
{
    private readonly IReadOnlyList<Handbook> _handbooks;

    /// <param name="handbooks">Before the first drift, and after each.</param>
    private Company(CompanyOptions options, string name, Estate estate, IReadOnlyList<Handbook> handbooks, int day)
    {
        (Options, Name, Estate, Day) = (options, name, estate, day);
        _handbooks = handbooks;
    }

    public CompanyOptions Options { get; }

    public string Name { get; }

    public Estate Estate { get; }

    /// <summary>
    /// For every rule's id what the drift does to it: the newest one up to this day; before the first, that one.
    /// </summary>
    public IReadOnlyDictionary<string, Stratum> Strata
    {
        get
        {
            var drift = Math.Max(1, Drifts(Day));
            return Compare(_handbooks[drift - 1], _handbooks[drift]);
        }
    }

    /// <summary>From 0.</summary>
    public int Day { get; }

    public Handbook Handbook => _handbooks[Drifts(Day)];

    /// <summary>On day 0.</summary>
    public static Company Generate(CompanyOptions options)
    {
        OptionsCheck.Require(options);
        var estate = CompanyDraw.Estate(options, out var name);
        var handbooks = CompanyDraw.Handbooks(options, estate);
        return new Company(options, name, estate.Finish(), handbooks, 0);
    }

    public Company At(int day)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(day);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(day, Ticket.DayMax);
        return day == Day ? this : new Company(Options, Name, Estate, _handbooks, day);
    }

    /// <summary>Drifts up to a day.</summary>
    private int Drifts(int day) => Math.Clamp(day - Options.DriftDay + 1, 0, _handbooks.Count - 1);

    private static SortedDictionary<string, Stratum> Compare(Handbook before, Handbook after)
    {
        var strata = new SortedDictionary<string, Stratum>(StringComparer.Ordinal);
        foreach (var rule in after.Rules)
        {
            strata[rule.Id] = before.Find(rule.Id) switch
            {
                null => Stratum.Unseen,
                { } known when known.Revision == rule.Revision => Stratum.Known,
                _ => Stratum.Changed,
            };
        }

        return strata;
    }
}

/// <summary>What an agent that learnt before the drift can know of a rule.</summary>
public enum Stratum
{
    /// <summary>It holds before and after.</summary>
    Known,

    /// <summary>Its plan changes: who acts from memory does the old thing.</summary>
    Changed,

    /// <summary>It is added: nobody can have learnt it.</summary>
    Unseen,
}
