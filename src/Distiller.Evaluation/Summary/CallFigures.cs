using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

internal static class CallFigures
{
    public static CallAgreement Count(IReadOnlyList<ScoredTurn> arm)
    {
        var verdicts = arm.Select(s => s.Verdict).Where(v => v != CallVerdict.NotMeasured).ToList();
        return new CallAgreement(
            verdicts.Count,
            verdicts.Count(SameName),
            Of(CallVerdict.Same),
            Of(CallVerdict.OtherName),
            Of(CallVerdict.NoCall),
            Of(CallVerdict.BrokenJson)
        );

        int Of(CallVerdict verdict) => verdicts.Count(v => v == verdict);
    }

    public static CallComparison Compare(
        IReadOnlyList<ScoredTurn> arm,
        IReadOnlyList<ScoredTurn> other,
        BootstrapOptions bootstrap
    )
    {
        var pairs = arm.Zip(other).Where(p => p.First.Verdict != CallVerdict.NotMeasured).ToList();
        var onlyThis = pairs.Count(p => SameCall(p.First.Verdict) && !SameCall(p.Second.Verdict));
        var onlyOther = pairs.Count(p => SameCall(p.Second.Verdict) && !SameCall(p.First.Verdict));
        return new CallComparison(
            Difference(pairs, SameName, bootstrap),
            Difference(pairs, SameCall, bootstrap),
            onlyThis,
            onlyOther,
            McNemar.ExactP(onlyThis, onlyOther)
        );
    }

    private static bool SameCall(CallVerdict verdict) => verdict == CallVerdict.Same;

    private static bool SameName(CallVerdict verdict) => verdict is CallVerdict.Same or CallVerdict.OtherArguments;

    private static Estimate Difference(
        IEnumerable<(ScoredTurn First, ScoredTurn Second)> pairs,
        Func<CallVerdict, bool> agrees,
        BootstrapOptions bootstrap
    )
    {
        var episodes = pairs
            .GroupBy(p => p.First.EpisodeId, StringComparer.Ordinal)
            .Select(g => new ClusterSum(
                g.Sum(p => (agrees(p.First.Verdict) ? 1 : 0) - (agrees(p.Second.Verdict) ? 1 : 0)),
                g.Count()
            ));
        return BcaBootstrap.RatioOfSums([.. episodes], bootstrap);
    }
}

/// <summary>How often an arm's next tool call is the logged one.</summary>
/// <param name="SameName">Turns with the same tool, whatever the arguments.</param>
/// <param name="SameCall">Turns with the same tool and equal arguments.</param>
public sealed record CallAgreement(int Steps, int SameName, int SameCall, int OtherName, int NoCall, int BrokenJson)
{
    public double SameNameShare => Share(SameName);

    public double SameCallShare => Share(SameCall);

    private double Share(int count) => Steps == 0 ? 0 : (double)count / Steps;
}

/// <summary>Agreement of one arm against another's, at the same turns.</summary>
/// <param name="SameNameDifference">
/// Difference of the shares of turns with the same tool; intervals resample whole episodes.
/// </param>
/// <param name="SameCallDifference">Difference of the shares of turns with the same tool and arguments.</param>
/// <param name="OnlyThis">Turns where only this arm had the same call.</param>
/// <param name="OnlyOther">Turns where only the other arm had the same call.</param>
/// <param name="McNemarP">
/// Exact two-sided p-value for the same call; it treats turns as independent, which the intervals do not.
/// </param>
public sealed record CallComparison(
    Estimate SameNameDifference,
    Estimate SameCallDifference,
    int OnlyThis,
    int OnlyOther,
    double McNemarP
);
