using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Core;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How a schedule looks to people.</summary>
internal static class ScheduleTables
{
    public static void Checked(IAnsiConsole console, CheckedSchedule schedule)
    {
        foreach (var tenant in schedule.Tenants)
        {
            console.MarkupLineInterpolated($"[bold]{tenant.Name}[/] in {UntrustedText.VisibleLines(tenant.Home)}");
            console.WriteLine($"due {tenant.Schedule}");
            console.WriteLine($"may work {(tenant.Windows.Length == 0 ? "always" : tenant.Windows)}");
            var nights = Output.Table("next nights are due", "begin", "stop at the latest");
            foreach (var night in tenant.Nights)
            {
                nights.AddRow(
                    Output.Cell(Moment(night.Due)),
                    Output.Cell(night.Begins is { } begins ? Moment(begins) : "never"),
                    Output.Cell(night.Stops is { } stops ? Moment(stops) : "never")
                );
            }

            console.Write(nights);
        }

        foreach (var warning in schedule.Warnings)
        {
            console.MarkupLineInterpolated($"[yellow]warning[/] {UntrustedText.VisibleLines(warning)}");
        }

        console.WriteLine($"{UntrustedText.VisibleLines(schedule.File)}: a server would take it");
    }

    private static string Moment(DateTimeOffset at) =>
        at.ToString("ddd yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
}
