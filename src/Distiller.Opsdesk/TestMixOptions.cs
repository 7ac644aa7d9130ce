namespace Distiller.Opsdesk;

public sealed record TestMixOptions
{
    public long Seed { get; init; } = 1;

    /// <summary>Tickets of the mix; at least 1.</summary>
    public int Tickets { get; init; } = 200;

    /// <summary>The first test day, after a drift; null: that of the first drift.</summary>
    public int? FirstDay { get; init; }

    /// <summary>Test days over which they are spread, from that day on; at least 1.</summary>
    public int Days { get; init; } = 2;

    /// <summary>Share of tickets under a rule that has changed; 0 to 1.</summary>
    public double ChangedShare { get; init; } = 0.05;

    /// <summary>Share of tickets under a rule that is new; 0 to 1, and at most 1 together with the changed.</summary>
    public double UnseenShare { get; init; } = 0.05;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Tickets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Days, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(FirstDay ?? 0, nameof(FirstDay));
        ArgumentOutOfRangeException.ThrowIfNegative(ChangedShare);
        ArgumentOutOfRangeException.ThrowIfNegative(UnseenShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ChangedShare + UnseenShare, 1, nameof(UnseenShare));
    }
}
