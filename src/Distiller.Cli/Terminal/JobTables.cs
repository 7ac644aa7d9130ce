using System.Globalization;
using Distiller.Cli.Commands;
using Distiller.Jobs.Scheduling.Store;
using Spectre.Console;

namespace Distiller.Cli.Terminal;

/// <summary>Runs as tables for people. Times are in UTC.</summary>
internal static class JobTables
{
    public static void Runs(IAnsiConsole console, IReadOnlyList<Run> runs)
    {
        var table = Output.Table("run", "state", "step", "#done", "due (UTC)", "reason");
        foreach (var run in runs)
        {
            table.AddRow(
                Output.Cell(run.Id),
                Word(run.State),
                Where(run),
                run.State is RunState.Running ? run.Progress.ToString("P0", CultureInfo.InvariantCulture) : "",
                Time(run.Due),
                Output.Cell(run.Reason)
            );
        }

        console.Write(table);
    }

    public static void Run(IAnsiConsole console, Run run) => Runs(console, [run]);

    public static void Run(IAnsiConsole console, RunOutput output)
    {
        Run(console, output.Run);
        var stages = Output.Table("stage", "state", "#busy", "#visits", "inputs", "outputs", "note");
        foreach (var stage in output.Stages)
        {
            stages.AddRow(
                Output.Cell(stage.Name),
                Word(stage.State),
                stage.Busy.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
                stage.Visits.ToString(CultureInfo.InvariantCulture),
                Output.Cell(string.Join(", ", stage.Inputs)),
                Output.Cell(string.Join(", ", stage.Outputs)),
                Output.Cell(stage.Note)
            );
        }

        console.Write(stages);
        foreach (var line in output.Log)
        {
            console.MarkupLine($"[grey]{Time(line.At)}[/] {Output.Cell(line.Level)} {Output.Cell(line.Text)}");
        }
    }

    private static string Where(Run run) =>
        Output.Cell(run.IsOver ? "" : $"{Word(run.Step)}{(run.Stage.Length > 0 ? $", {run.Stage}" : "")}");

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
