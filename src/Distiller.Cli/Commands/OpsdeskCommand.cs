using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary><c>opsdesk generate|show</c>: the sample company, for those who have no logs at hand.</summary>
internal static class OpsdeskCommand
{
    public static Command Create() =>
        new("opsdesk", "The sample company: an operations desk with a handbook, tickets and an expert.")
        {
            Generate(),
            Show(),
        };

    private static Command Generate()
    {
        var path = new Argument<string>("file")
        {
            Description = "Where the episodes go, one a line: a log that 'collect' reads.",
            HelpName = "LOGS.jsonl",
        };
        var seed = Seed();
        var days = new Option<int>("--days") { Description = "Days of work, 1 to 60.", DefaultValueFactory = _ => 5 };
        var tickets = new Option<int>("--tickets")
        {
            Description = "Tickets a day, 1 to 10000.",
            DefaultValueFactory = _ => 60,
        };
        var errors = new Option<double>("--error-rate")
        {
            Description = "Share of tickets in which the expert makes a mistake, 0 to 1.",
            DefaultValueFactory = _ => 0.15,
        };
        var json = CommonOptions.Json();
        var command = new Command("generate", "Lets the scripted expert work tickets and writes its episodes.")
        {
            path,
            seed,
            days,
            tickets,
            errors,
            json,
        };
        RequireRange(days, 1, 60);
        RequireRange(tickets, 1, 10_000);
        RequireRange(errors, 0, 1);
        command.SetAction(parsed =>
        {
            var company = CompanyOf(parsed.GetValue(seed));
            var expert = new Expert(
                company,
                new ExpertOptions { Seed = parsed.GetValue(seed), ErrorRate = parsed.GetValue(errors) }
            );
            var file = Path.GetFullPath(parsed.GetRequiredValue(path));
            var written = EpisodeLines.Write(file, expert.Work(0, parsed.GetValue(days), parsed.GetValue(tickets)));
            new Output(parsed.GetValue(json)).Result(
                new GeneratedResult(company.Name, written, file),
                Tables.Generated
            );
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var seed = Seed();
        var day = new Option<int>("--day")
        {
            Description = "The handbook drifts: the day on which it is shown, from 0.",
            DefaultValueFactory = _ => 0,
        };
        RequireRange(day, 0, 3650);
        var command = new Command("show", "Prints the company's handbook.") { seed, day };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(CompanyOf(parsed.GetValue(seed)).At(parsed.GetValue(day)).Handbook.Render());
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<long> Seed() =>
        new("--seed") { Description = "Another seed is another company.", DefaultValueFactory = _ => 42 };

    private static Company CompanyOf(long seed) =>
        Company.Generate(new CompanyOptions { Seed = seed, Pool = NamePool.Demo });

    private static void RequireRange<T>(Option<T> option, T low, T high)
        where T : IComparable<T> =>
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<T>();
            if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            {
                result.AddError($"{option.Name} is {value}; it must be from {low} to {high}.");
            }
        });
}
