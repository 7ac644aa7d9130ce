using Distiller.Evaluation;

namespace Distiller.Reporting.Trials;

/// <summary>What the page shows of tasks that were carried out and checked.</summary>
/// <param name="Prices">The table that the figures were computed with.</param>
public sealed record TrialPart(TrialSummary Summary, IReadOnlyList<TrialRow> Rows, PriceTable Prices)
{
    /// <summary>From a folder that <see cref="TrialFolder"/> wrote.</summary>
    public static TrialPart Read(string folder) =>
        new(TrialFolder.ReadSummary(folder), TrialFolder.ReadRows(folder), TrialFolder.ReadPrices(folder));
}
