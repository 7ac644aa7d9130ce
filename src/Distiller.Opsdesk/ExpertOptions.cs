using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Opsdesk;

public sealed record ExpertOptions
{
    public long Seed { get; init; } = 1;

    /// <summary>Each kind of mistake is as likely as the other, and each fails the ticket.</summary>
    [Setting("error-rate", "Share of tickets in which the expert makes a mistake")]
    [Range(0.0, 1.0)]
    public double ErrorRate { get; init; } = 0.15;

    /// <summary>Tokens of a text; <see cref="TokenEstimate"/> by default.</summary>
    public Func<string, int> CountTokens { get; init; } = TokenEstimate.Count;
}
