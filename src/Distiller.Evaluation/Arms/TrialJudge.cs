using System.Globalization;
using System.Text.Json.Serialization;
using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

/// <summary>Derives verdicts and the gate from differences of success.</summary>
public static class TrialJudge
{
    /// <summary>
    /// Judges by the hull of two intervals of the same difference: the bootstrap interval accounts for the dependence of
    /// tasks of one family, the score interval for the small number of tasks where no pair differs.
    /// </summary>
    /// <param name="margin">Above zero.</param>
    public static TrialVerdict Verdict(Estimate difference, Interval score, double margin)
    {
        var (low, high) = Hull(difference, score);
        return difference.Interval is null ? TrialVerdict.Inconclusive
            : low > 0 ? TrialVerdict.Superior
            : low > -margin ? TrialVerdict.NonInferior
            : high < 0 ? TrialVerdict.Inferior
            : TrialVerdict.Inconclusive;
    }

    /// <summary>The wider ends of both intervals.</summary>
    public static Interval Hull(Estimate difference, Interval score) =>
        difference.Interval is { } resampled
            ? new Interval(Math.Min(resampled.Low, score.Low), Math.Max(resampled.High, score.High))
            : score;

    /// <summary>
    /// Open where A3 is superior or non-inferior to A1 and A4 does not win (<see cref="ControlWins"/>).
    /// </summary>
    public static Gate Gate(IReadOnlyList<TrialComparison> comparisons, double margin)
    {
        var reasons = new List<string>();
        var claim = Against(comparisons, TrialArm.AdapterInt4);
        var control = Against(comparisons, TrialArm.NullControl);
        if (claim is null)
        {
            reasons.Add("A3 and A1 did not both run: there is no claim to judge.");
        }
        else if (claim.Verdict is TrialVerdict.Inferior or TrialVerdict.Inconclusive)
        {
            reasons.Add(
                $"A3 is not shown to be as good as A1 ({Name(claim.Verdict)}): {Words(claim)}; a loss of {Points(margin)} is allowed."
            );
        }

        if (control is null)
        {
            reasons.Add("The null control A4 did not run against A1.");
        }
        else if (ControlWins(comparisons))
        {
            reasons.Add(
                $"The null control wins: A4, an adapter of shuffled completions, is not shown to be worse than A1 ({Name(control.Verdict)}): "
                    + $"{Words(control)}. What A3 does as well may then be no knowledge of the tasks."
            );
        }

        return new Gate(reasons.Count == 0, reasons);
    }

    /// <summary>
    /// Non-inferiority to A1 is evidence only if A1 itself is better than an adapter that learnt nothing (assay
    /// sensitivity, ICH E10): A4 must be shown to be inferior to A1. If A1 solves almost nothing, as a small base that
    /// cannot follow a long prompt, no control can be inferior to it; then A3 must be superior to both A1 and A4, and A4
    /// must not be superior to A1.
    /// </summary>
    public static bool ControlWins(IReadOnlyList<TrialComparison> comparisons) =>
        Against(comparisons, TrialArm.NullControl) is { } control
        && control.Verdict != TrialVerdict.Inferior
        && !(
            control.Verdict != TrialVerdict.Superior
            && Against(comparisons, TrialArm.AdapterInt4) is { Verdict: TrialVerdict.Superior }
            && IsWorseThanClaim(comparisons)
        );

    public static string Name(TrialVerdict verdict) =>
        verdict == TrialVerdict.NonInferior ? "non-inferior" : verdict.ToString().ToLowerInvariant();

    public static TrialComparison? Against(IReadOnlyList<TrialComparison> comparisons, string arm) =>
        comparisons.FirstOrDefault(c => c.Arm == arm && c.Against == TrialArm.VerboseContext);

    private static bool IsWorseThanClaim(IReadOnlyList<TrialComparison> comparisons) =>
        comparisons.Any(c =>
            c is { Arm: TrialArm.NullControl, Against: TrialArm.AdapterInt4, Verdict: TrialVerdict.Inferior }
        );

    private static string Words(TrialComparison c)
    {
        var (low, high) = c.SuccessInterval;
        return $"success differs by {Points(c.SuccessDifference.Value)}, from {Number(low)} to {Number(high)} with 95 % confidence";
    }

    private static string Points(double share) => $"{Number(share)} points";

    private static string Number(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}

/// <summary>Verdict on one arm's success against another's, with a margin fixed beforehand.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrialVerdict>))]
public enum TrialVerdict
{
    /// <summary>None of the others holds: there are too few tasks to decide.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,

    /// <summary>The whole interval lies above zero.</summary>
    [JsonStringEnumMemberName("superior")]
    Superior,

    /// <summary>The whole interval lies above minus the margin.</summary>
    [JsonStringEnumMemberName("non-inferior")]
    NonInferior,

    /// <summary>The whole interval lies below zero, and the loss may be larger than the margin.</summary>
    [JsonStringEnumMemberName("inferior")]
    Inferior,
}
