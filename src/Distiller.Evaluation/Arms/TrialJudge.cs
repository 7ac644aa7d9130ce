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
    /// Open where A3 is superior or non-inferior to A1 and its null control does not win (<see cref="ControlWins"/>); or where
    /// the same holds of the router and its null control. Both claims are fixed before anything runs.
    /// </summary>
    public static Gate Gate(IReadOnlyList<TrialComparison> comparisons, double margin)
    {
        var alone = Refusals(comparisons, TrialArm.AdapterInt4, margin);
        if (alone.Count == 0 || Against(comparisons, TrialArm.Router) is null)
        {
            return new Gate(alone.Count == 0, alone);
        }

        var routed = Refusals(comparisons, TrialArm.Router, margin);
        return routed.Count == 0 ? new Gate(IsOpen: true, []) : new Gate(IsOpen: false, [.. alone, .. routed]);
    }

    /// <summary>Code of the claim that opens the gate; null where it is closed.</summary>
    public static string? Shown(IReadOnlyList<TrialComparison> comparisons) =>
        new[] { TrialArm.AdapterInt4, TrialArm.Router }.FirstOrDefault(c =>
            Refusals(comparisons, c, margin: 0).Count == 0
        );

    /// <summary>
    /// Non-inferiority to A1 is evidence only if A1 itself is better than an adapter that learnt nothing (assay
    /// sensitivity, ICH E10): the control must be shown to be inferior to A1. If A1 solves almost nothing, as a small base that
    /// cannot follow a long prompt, no control can be inferior to it; then the claim must be superior to both A1 and its
    /// control, which must not be superior to A1.
    /// </summary>
    /// <param name="claim">Code of the arm with the adapter.</param>
    public static bool ControlWins(IReadOnlyList<TrialComparison> comparisons, string claim = TrialArm.AdapterInt4) =>
        Against(comparisons, TrialArm.ControlOf(claim)) is { } control
        && control.Verdict != TrialVerdict.Inferior
        && !(
            control.Verdict != TrialVerdict.Superior
            && Against(comparisons, claim) is { Verdict: TrialVerdict.Superior }
            && IsWorseThanClaim(comparisons, claim)
        );

    private static List<string> Refusals(IReadOnlyList<TrialComparison> comparisons, string code, double margin)
    {
        var reasons = new List<string>();
        var claim = Against(comparisons, code);
        var controlCode = TrialArm.ControlOf(code);
        var control = Against(comparisons, controlCode);
        if (claim is null)
        {
            reasons.Add($"{code} and A1 did not both run: there is no claim to judge.");
        }
        else if (claim.Verdict is TrialVerdict.Inferior or TrialVerdict.Inconclusive)
        {
            reasons.Add(
                $"{code} is not shown to be as good as A1 ({Name(claim.Verdict)}): {Words(claim)}; a loss of {Points(margin)} is allowed."
            );
        }

        if (control is null)
        {
            reasons.Add($"The null control {controlCode} did not run against A1.");
        }
        else if (ControlWins(comparisons, code))
        {
            reasons.Add(
                $"The null control wins: {controlCode}, with an adapter of shuffled completions, is not shown to be worse than A1 ({Name(control.Verdict)}): "
                    + $"{Words(control)}. What {code} does as well may then be no knowledge of the tasks."
            );
        }

        return reasons;
    }

    public static string Name(TrialVerdict verdict) =>
        verdict == TrialVerdict.NonInferior ? "non-inferior" : verdict.ToString().ToLowerInvariant();

    public static TrialComparison? Against(IReadOnlyList<TrialComparison> comparisons, string arm) =>
        comparisons.FirstOrDefault(c => c.Arm == arm && c.Against == TrialArm.VerboseContext);

    private static bool IsWorseThanClaim(IReadOnlyList<TrialComparison> comparisons, string claim) =>
        comparisons.Any(c =>
            c.Arm == TrialArm.ControlOf(claim) && c.Against == claim && c.Verdict == TrialVerdict.Inferior
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
