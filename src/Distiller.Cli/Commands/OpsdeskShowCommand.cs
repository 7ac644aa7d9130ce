using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk show</c>: what the company has, its handbook, its tickets.</summary>
internal static class OpsdeskShowCommand
{
    public static Command Create()
    {
        var seed = OpsdeskOptions.Company("--seed");
        var day = OpsdeskOptions.Ranged(
            "--day",
            "The handbook drifts: the day on which the company is shown, counted from 0",
            0,
            0,
            3650
        );
        var tickets = OpsdeskOptions.Ranged("--tickets", "Tickets of that day to show", 0, 0, Ticket.PerDayMax);
        var days = OpsdeskOptions.Days();
        var drift = OpsdeskOptions.Drift();
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows the company on a day: what it has, its handbook, its tickets.")
        {
            seed,
            day,
            tickets,
            days,
            drift,
            json,
        };
        command.SetAction(parsed =>
        {
            var company = OpsdeskOptions.Generate(parsed.GetValue(seed), parsed.GetValue(drift), parsed.GetValue(days));
            new Output(parsed.GetValue(json)).Result(
                ShownCompany.Of(company.At(parsed.GetValue(day)), parsed.GetValue(tickets)),
                DeskTables.Company
            );
            return ExitCode.Done;
        });
        return command;
    }
}
