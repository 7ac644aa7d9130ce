using System.CommandLine;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk show</c>: the handbook.</summary>
internal static class OpsdeskShowCommand
{
    public static Command Create()
    {
        var seed = OpsdeskOptions.Company("--seed");
        var day = OpsdeskOptions.Ranged(
            "--day",
            "The handbook drifts: the day on which it is shown, counted from 0",
            0,
            0,
            3650
        );
        var drift = OpsdeskOptions.Drift();
        var command = new Command("show", "Prints the company's handbook.") { seed, day, drift };
        command.SetAction(parsed =>
        {
            var company = OpsdeskOptions.Generate(
                parsed.GetValue(seed),
                parsed.GetValue(drift),
                OpsdeskOptions.DaysByDefault
            );
            Console.Out.WriteLine(company.At(parsed.GetValue(day)).Handbook.Render());
            return ExitCode.Done;
        });
        return command;
    }
}
