namespace Distiller.Evaluation.Statistics;

/// <summary>How an interval is drawn.</summary>
/// <param name="Draws">Resamples; 10,000 unless a test is in a hurry.</param>
/// <param name="Seed">Of the resampling: the same seed gives the same interval to the last bit.</param>
/// <param name="Confidence">Coverage aimed at, between 0 and 1.</param>
public sealed record BootstrapOptions(int Draws = 10_000, ulong Seed = 1, double Confidence = 0.95)
{
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Draws, 100, nameof(Draws));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Draws, 10_000_000, nameof(Draws));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Confidence, 0, nameof(Confidence));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Confidence, 1, nameof(Confidence));
    }
}
