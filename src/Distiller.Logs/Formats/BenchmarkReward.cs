namespace Distiller.Logs.Formats;

/// <summary>A benchmark's reward from 0 to 1, where 1 is success.</summary>
internal static class BenchmarkReward
{
    /// <summary>Rewards are products and means in floating point.</summary>
    private const double Tolerance = 1e-6;

    public static bool IsFull(double reward) => reward >= 1 - Tolerance;

    /// <param name="reward">Null: nobody judged.</param>
    public static Outcome ToOutcome(double? reward, string judge) =>
        reward is { } r
            ? new Outcome(IsFull(r) ? OutcomeKind.Succeeded : OutcomeKind.Failed, judge, r)
            : Outcome.Unknown;
}
