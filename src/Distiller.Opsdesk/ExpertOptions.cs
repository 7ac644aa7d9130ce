namespace Distiller.Opsdesk;

public sealed record ExpertOptions
{
    public long Seed { get; init; } = 1;

    /// <summary>Share of tickets with a mistake, each kind as likely as the other; 0 to 1. Every mistake fails the ticket.</summary>
    public double ErrorRate { get; init; } = 0.15;

    /// <summary>Tokens of a text; <see cref="TokenEstimate"/> by default.</summary>
    public Func<string, int> CountTokens { get; init; } = TokenEstimate.Count;

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ErrorRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ErrorRate, 1);
        ArgumentNullException.ThrowIfNull(CountTokens);
    }
}
