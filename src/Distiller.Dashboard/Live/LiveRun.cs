using System.Globalization;
using Distiller.Dashboard.Layout;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Reporting;

namespace Distiller.Dashboard.Live;

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
