using System.CommandLine;
using System.Diagnostics;
using Distiller.Cli.Doctor;
using Spectre.Console;

namespace Distiller.Cli.Commands;

/// <summary><c>doctor</c>: is this machine fit for a night?</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "doctor",
            "Checks every native part: versions, speed in fp32 and bf16, write access, GPU, and which llama.cpp is loaded."
        )
        {
            home,
            json,
        };
        command.SetAction(parsed =>
        {
            var results = new Examination(parsed.GetRequiredValue(home)).Run();
            new Output(parsed.GetValue(json)).Result(results, Show);
            return results.Any(r => r.Status == CheckStatus.Fault) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    /// <summary>This program once more, its arguments to be added.</summary>
    public static ProcessStartInfo Child()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "distiller.dll"));
        }

        return start;
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<CheckResult> results)
    {
        var table = Output.Table("", "check", "found", "remedy");
        foreach (var result in results)
        {
            var mark = result.Status switch
            {
                CheckStatus.Ok => "[green]ok[/]",
                CheckStatus.Warning => "[yellow]warning[/]",
                _ => "[red]fault[/]",
            };
            table.AddRow(mark, result.Name, Output.Cell(result.Detail), Output.Cell(result.Remedy));
        }

        console.Write(table);
    }
}
