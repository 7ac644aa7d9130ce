using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk generate</c>: logs of the scripted expert.</summary>
internal static class OpsdeskGenerateCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("file")
        {
            Description = "Where the episodes go, one a line: a log that 'collect' reads.",
            HelpName = "LOGS.jsonl",
        };
        var company = new CompanyChoice("--seed");
        var tickets = OpsdeskOptions.Ranged("--tickets", "Tickets a day", 60, 1, Ticket.PerDayMax);
        var errors = OpsdeskOptions.Ranged(
            "--error-rate",
            "Share of tickets in which the expert makes a mistake",
            0.15,
            0,
            1
        );
        var json = CommonOptions.Json();
        var command = new Command("generate", "Lets the scripted expert work tickets and writes its episodes.")
        {
            path,
        };
        company.AddTo(command);
        command.Add(tickets);
        command.Add(errors);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var desk = company.Generate(parsed);
            var expert = new Expert(
                desk,
                new ExpertOptions { Seed = desk.Options.Seed, ErrorRate = parsed.GetValue(errors) }
            );
            var file = Path.GetFullPath(parsed.GetRequiredValue(path));
            var written = EpisodeLines.Write(file, expert.Work(0, desk.Options.DriftDay, parsed.GetValue(tickets)));
            new Output(parsed.GetValue(json)).Result(
                new GeneratedResult(desk.Name, written, file),
                DeskTables.Generated
            );
            return ExitCode.Done;
        });
        return command;
    }
}
