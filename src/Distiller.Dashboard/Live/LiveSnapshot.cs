using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Dashboard.Live;

/// <summary>One look at the store, for all pages that listen.</summary>
/// <param name="Active">Runs that are not over.</param>
/// <param name="Watched">Runs that a page is of, with the end of their logs.</param>
internal sealed record LiveSnapshot(
    IReadOnlyList<Run> Active,
    IReadOnlyDictionary<string, (Run Run, IReadOnlyList<RunLogLine> Tail)> Watched,
    bool Away
);
