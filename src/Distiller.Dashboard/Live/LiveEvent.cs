namespace Distiller.Dashboard.Live;

/// <summary>What is sent to a page about once a second while something changes.</summary>
/// <param name="Runs">All that are not over.</param>
/// <param name="Watched">The run of the page, over or not; null where the page is of none.</param>
/// <param name="Lines">New in its log.</param>
/// <param name="Away">Whether the database cannot be asked.</param>
internal sealed record LiveEvent(
    IReadOnlyList<LiveRun> Runs,
    LiveRun? Watched,
    IReadOnlyList<LiveLine> Lines,
    bool Away
);
