namespace Distiller.Mining.Reducing;

/// <summary>One line of the table of reductions.</summary>
public sealed record ReductionSummary(string Reducer, int Outputs, long TokensBefore, long TokensAfter)
{
    /// <summary>Share of the tokens left out, 0 to 1.</summary>
    public double Saved => TokensBefore == 0 ? 0 : 1 - ((double)TokensAfter / TokensBefore);

    /// <summary>Sums per reducer, the greatest saving first.</summary>
    public static IReadOnlyList<ReductionSummary> Of(IEnumerable<Reduction> reductions) =>
        [
            .. reductions
                .GroupBy(r => r.Reducer, StringComparer.Ordinal)
                .Select(g => new ReductionSummary(
                    g.Key,
                    g.Count(),
                    g.Sum(r => (long)r.TokensBefore),
                    g.Sum(r => (long)r.TokensAfter)
                ))
                .OrderByDescending(s => s.TokensBefore - s.TokensAfter)
                .ThenBy(s => s.Reducer, StringComparer.Ordinal),
        ];
}
