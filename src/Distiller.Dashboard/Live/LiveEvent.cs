using System.Globalization;
using Distiller.Core;
using Distiller.Dashboard.Layout;
using Distiller.Jobs.Scheduling.Store;

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

/// <summary>A line of a run's log, made harmless.</summary>
/// <param name="At">In the tenant's zone: <c>01:32:07</c>.</param>
internal sealed record LiveLine(long Seq, string At, string Level, string Text);

/// <summary>A run as the script of a page is told of it.</summary>
/// <param name="Key">Changes with everything a page must be fetched anew for.</param>
/// <param name="Progress">Of the stage, 0 to 1.</param>
internal sealed record LiveRun(
    string Id,
    string Tenant,
    string Key,
    string Stage,
    double Progress,
    string Percent,
    string Note,
    string Remaining
)
{
    public static LiveRun Of(Run run) =>
        new(
            run.Id,
            run.Tenant,
            KeyOf(run),
            run.Stage,
            run.Progress,
            PercentOf(run),
            UntrustedText.Visible(run.Note),
            RemainingOf(run)
        );

    public static string KeyOf(Run run) => $"{run.State}/{run.Stage}/{run.Command}/{run.Attempt}";

    public static string PercentOf(Run run) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * Math.Clamp(run.Progress, 0, 1)):0}\u00A0%");

    public static string RemainingOf(Run run) =>
        run.Remaining is { } left ? $"about {TimeText.Span(left)} left in this stage" : "";
}
