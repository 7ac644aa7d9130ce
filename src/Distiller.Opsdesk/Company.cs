namespace Distiller.Opsdesk;

/// <summary>
/// A company as it is on one day: what it has and what its handbook says. All of it follows from
/// <see cref="CompanyOptions"/>.
/// </summary>
public sealed class Company
{
    private readonly Handbook _before;
    private readonly Handbook _after;

    private Company(
        CompanyOptions options,
        string name,
        Estate estate,
        Handbook before,
        Handbook after,
        IReadOnlyDictionary<string, Stratum> strata,
        int day
    )
    {
        (Options, Name, Estate, Strata, Day) = (options, name, estate, strata, day);
        (_before, _after) = (before, after);
    }

    public CompanyOptions Options { get; }

    public string Name { get; }

    public Estate Estate { get; }

    /// <summary>For every rule's id what the drift does to it.</summary>
    public IReadOnlyDictionary<string, Stratum> Strata { get; }

    /// <summary>From 0.</summary>
    public int Day { get; }

    public Handbook Handbook => Day < Options.DriftDay ? _before : _after;

    /// <summary>On day 0.</summary>
    public static Company Generate(CompanyOptions options)
    {
        options.Check();
        var estate = CompanyDraw.Estate(options, out var name);
        var (before, after, strata) = CompanyDraw.Handbooks(options, estate);
        return new Company(options, name, estate.Finish(), before, after, strata, 0);
    }

    public Company At(int day)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(day);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(day, Ticket.DayMax);
        return day == Day ? this : new Company(Options, Name, Estate, _before, _after, Strata, day);
    }
}
