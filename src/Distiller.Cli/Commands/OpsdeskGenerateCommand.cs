using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Opsdesk;
using Distiller.Opsdesk.Nights;

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
        var company = new SettingOptions<DeskTrial>(new DeskTrial(), DeskTrial.CompanyNames);
        company["company"].Aliases.Add("--seed");
        var work = new SettingOptions<DeskWork>(new DeskWork { TicketsPerDay = 60 });
        work["tickets-per-day"].Aliases.Add("--tickets");
        var mistakes = new SettingOptions<ExpertOptions>(new ExpertOptions());
        var json = CommonOptions.Json();
        var command = new Command("generate", "Lets the scripted expert work tickets and writes its episodes.")
        {
            path,
        };
        company.AddTo(command);
        work.AddTo(command);
        mistakes.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var desk = company.Read(parsed).Generate();
            var expert = new Expert(desk, mistakes.Read(parsed) with { Seed = desk.Options.Seed });
            var file = Path.GetFullPath(parsed.GetRequiredValue(path));
            var written = EpisodeLines.Write(
                file,
                expert.Work(0, desk.Options.DriftDay, work.Read(parsed).TicketsPerDay)
            );
            new Output(parsed.GetValue(json)).Result(
                new GeneratedResult(desk.Name, written, file),
                DeskTables.Generated
            );
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>The document of <c>opsdesk generate --json</c>.</summary>
internal sealed record GeneratedResult(string Company, int Episodes, string File);
