using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Distiller.Cli.Settings;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Opsdesk;
using Distiller.Opsdesk.Nights;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk show</c>: what the company has, its handbook, its tickets.</summary>
internal static class OpsdeskShowCommand
{
    public static Command Create()
    {
        var company = new SettingOptions<DeskTrial>(new DeskTrial(), DeskTrial.CompanyNames);
        company["company"].Aliases.Add("--seed");
        var shown = new SettingOptions<ShownDay>(new ShownDay());
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows the company on a day: what it has, its handbook, its tickets.");
        company.AddTo(command);
        shown.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var day = shown.Read(parsed);
            new Output(parsed.GetValue(json)).Result(
                ShownCompany.Of(company.Read(parsed).Generate().At(day.Day), day.Tickets),
                DeskTables.Company
            );
            return ExitCode.Done;
        });
        return command;
    }

    private sealed record ShownDay
    {
        [Setting("day", "The handbook drifts: the day on which the company is shown, counted from 0")]
        [Range(0, 3650)]
        public int Day { get; init; }

        [Setting("tickets", "Tickets of that day to show")]
        [Range(0, Ticket.PerDayMax)]
        public int Tickets { get; init; }
    }
}
