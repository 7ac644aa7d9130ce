using Distiller.Evaluation.Statistics;

namespace Distiller.Evaluation;

internal static class CallFigures
{
    public static CallAgreement Count(IReadOnlyList<MeasuredStep> arm)
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
        IReadOnlyList<MeasuredStep> arm,
        IReadOnlyList<MeasuredStep> other,
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
        IEnumerable<(MeasuredStep First, MeasuredStep Second)> pairs,
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
