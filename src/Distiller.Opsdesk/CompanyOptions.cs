namespace Distiller.Opsdesk;

public sealed record CompanyOptions
{
    public long Seed { get; init; } = 1;

    public NamePool Pool { get; init; } = NamePool.Pretraining;

    /// <summary>Rules of the handbook before the drift; 1 to 200. Few make a curriculum's first rungs.</summary>
    public int Rules { get; init; } = 60;

    /// <summary>Fewest actions of a plan before the closing; 1 to 3.</summary>
    public int ActionsMin { get; init; } = 1;

    /// <summary>Most actions of a plan before the closing; 1 to 3.</summary>
    public int ActionsMax { get; init; } = 3;

    /// <summary>
    /// Share of a subject's conditions that have a rule, about; above 0, at most 1. High: an entry is told by both words of
    /// its situation. Low: the subject alone tells it, as in a curriculum's first rungs.
    /// </summary>
    public double Density { get; init; } = 0.6;

    /// <summary>Midnight (UTC) of day 0.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first day on which the changed and the new rules hold; days before it are for training. From 1.</summary>
    public int DriftDay { get; init; } = 5;

    /// <summary>Rules whose plan changes on that day; 0 to all.</summary>
    public int ChangedRules { get; init; } = 1;

    /// <summary>Rules whose plan changes on each of the days after it, one number a day; each 0 to all.</summary>
    public IReadOnlyList<int> LaterChanges { get; init; } = [];

    /// <summary>Rules that are added on the drift day, which nobody can have learnt before; 0 to 20.</summary>
    public int UnseenRules { get; init; } = 2;

    public void Check()
    {
        ArgumentNullException.ThrowIfNull(Pool);
        InRange(Rules, 1, 200);
        InRange(ActionsMin, 1, 3);
        InRange(ActionsMax, ActionsMin, 3);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Density);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Density, 1);
        InRange(DriftDay, 1, Ticket.DayMax);
        InRange(ChangedRules, 0, Rules);
        foreach (var changed in LaterChanges)
        {
            InRange(changed, 0, Rules, nameof(LaterChanges));
        }

        InRange(UnseenRules, 0, 20);
    }

    private static void InRange(
        int value,
        int low,
        int high,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string? name = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, low, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, high, name);
    }
}
