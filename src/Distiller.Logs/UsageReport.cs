namespace Distiller.Logs;

/// <summary>Tokens in the four additive classes.</summary>
public sealed record UsageReport(long Input, long CacheRead, long CacheWrite, long Output)
{
    internal static UsageReport From(Usage u) => new(u.Input, u.CacheRead, u.CacheWrite, u.Output);
}
