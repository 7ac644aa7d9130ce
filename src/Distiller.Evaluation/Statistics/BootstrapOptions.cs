using System.ComponentModel.DataAnnotations;

namespace Distiller.Evaluation.Statistics;

/// <summary>How an interval is drawn.</summary>
/// <param name="Draws">Resamples; 10,000 unless a test is in a hurry.</param>
/// <param name="Seed">Of the resampling: the same seed gives the same interval to the last bit.</param>
/// <param name="Confidence">Coverage aimed at.</param>
public sealed record BootstrapOptions(
    [property: Range(BootstrapOptions.DrawsMin, BootstrapOptions.DrawsMax)] int Draws = 10_000,
    ulong Seed = 1,
    [property: Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)] double Confidence = 0.95
)
{
    public const int DrawsMin = 100;
    public const int DrawsMax = 10_000_000;
}
