using System.CommandLine;
using System.Diagnostics;
using Distiller.Cli.Doctor;
using Distiller.Cli.Terminal;
using Distiller.Edge;
using Spectre.Console;

namespace Distiller.Cli.Commands;

/// <summary><c>doctor</c>: is this machine fit for a night?</summary>
internal static class DoctorCommand
{
    private const string ProbeName = "probe-plugin";

    public static Command Create()
    {
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new Command(
            "doctor",
            "Checks every native part: versions, speed in fp32 and bf16, write access, GPU, and whether llama.cpp's CPU plugin survives a quantized batch."
        )
        {
            home,
            json,
            ProbeCommand(),
        };
        command.SetAction(parsed =>
        {
            var results = new Examination(parsed.GetRequiredValue(home), ProbeChild).Run();
            new Output(parsed.GetValue(json)).Result(results, Show);
            return results.Any(r => r.Status == CheckStatus.Fault) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    /// <summary>The process that dies in place of this one if a plugin executes what the machine forbids.</summary>
    public static ProcessStartInfo ProbeChild()
    {
        var start = Child();
        start.ArgumentList.Add("doctor");
        start.ArgumentList.Add(ProbeName);
        return start;
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

    private static Command ProbeCommand()
    {
        var arguments = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(ProbeName, "Runs a quantized batch in this process.") { arguments };
        command.Hidden = true;
        command.SetAction(parsed => PluginProbe.RunInChild(parsed.GetValue(arguments) ?? []));
        return command;
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
