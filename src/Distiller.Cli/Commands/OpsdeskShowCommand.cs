using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk show</c>: what the company has, its handbook, its tickets.</summary>
internal static class OpsdeskShowCommand
{
    public static Command Create()
    {
        var company = new CompanyChoice("--seed");
        var day = OpsdeskOptions.Ranged(
            "--day",
            "The handbook drifts: the day on which the company is shown, counted from 0",
            0,
            0,
            3650
        );
        var tickets = OpsdeskOptions.Ranged("--tickets", "Tickets of that day to show", 0, 0, Ticket.PerDayMax);
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows the company on a day: what it has, its handbook, its tickets.");
        company.AddTo(command);
        command.Add(day);
        command.Add(tickets);
        command.Add(json);
        command.SetAction(parsed =>
        {
            new Output(parsed.GetValue(json)).Result(
                ShownCompany.Of(company.Generate(parsed).At(parsed.GetValue(day)), parsed.GetValue(tickets)),
                DeskTables.Company
            );
            return ExitCode.Done;
        });
        return command;
    }
}
