using Distiller.Core;
using Distiller.Jobs.Keeping;
using Distiller.Logs;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>How the keeping of a workspace looks to people.</summary>
internal static class KeepingTables
{
    public static void Retried(IAnsiConsole console, RetryReport report)
    {
        console.WriteLine(
            $"{report.Records:N0} records: {report.Released:N0} left the quarantine, {report.Remaining:N0} are in it; {report.Episodes:N0} episodes more"
        );
        foreach (var file in report.Missing)
        {
            console.WriteLine(UntrustedText.VisibleLines($"  not there: {file}"));
        }
    }

    public static void Retained(IAnsiConsole console, RetentionReport report)
    {
        var table = Output.Table($"raw episodes before {report.Before:yyyy-MM-dd}", "#episodes");
        table.AddRow(report.BytesAfter is null ? "would be discarded" : "discarded", Cells.Number(report.Discarded));
        table.AddRow("  and records that longer ones had replaced", Cells.Number(report.Superseded));
        table.AddRow("stay: no adapter was made with them", Cells.Number(report.NotDistilled));
        table.AddRow("stay: not old enough", Cells.Number(report.Young));
        console.Write(table);
        console.WriteLine(
            report.BytesAfter is { } after
                ? $"{report.BytesBefore:N0} bytes before, {after:N0} after"
                : $"{report.BytesBefore:N0} bytes now; nothing was changed"
        );
    }

    public static void Collected(IAnsiConsole console, GarbageReport report)
    {
        if (report.Items.Count > 0)
        {
            var table = Output.Table("kind", "path", "#bytes", "why");
            foreach (var item in report.Items)
            {
                table.AddRow(
                    Output.Cell(item.Kind),
                    Output.Cell(item.Path),
                    Cells.Number(item.Bytes),
                    Output.Cell(item.Why)
                );
            }

            console.Write(table);
        }

        console.WriteLine(
            $"{report.Items.Count:N0} {(report.IsDone ? "deleted" : "would be deleted")}, {report.Bytes:N0} bytes; {report.Kept:N0} artifacts stay"
        );
    }
}
