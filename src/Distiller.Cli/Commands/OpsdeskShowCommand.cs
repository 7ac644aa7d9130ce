using System.CommandLine;
using System.ComponentModel.DataAnnotations;
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
        var options = new SettingOptions<DayOptions>(new DayOptions());
        var json = CommonOptions.Json();
        var command = new Command("show", "Shows the company on a day: what it has, its handbook, its tickets.");
        company.AddTo(command);
        options.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var day = options.Read(parsed);
            new Output(parsed.GetValue(json)).Result(
                CompanyOutput.Of(company.Read(parsed).Generate().At(day.Day), day.Tickets),
                DeskTables.Company
            );
            return ExitCode.Done;
        });
        return command;
    }

    private sealed record DayOptions
    {
        [Setting("day", "The handbook drifts: the day on which the company is shown, counted from 0")]
        [Range(0, 3650)]
        public int Day { get; init; }

        [Setting("tickets", "Tickets of that day to show")]
        [Range(0, Ticket.PerDayMax)]
        public int Tickets { get; init; }
    }
}

/// <summary>The document of <c>opsdesk show --json</c>: the company as it is on a day.</summary>
/// <param name="Company">Its name.</param>
/// <param name="Day">From 0.</param>
/// <param name="DriftDay">The first day on which the changed and the added rules hold.</param>
/// <param name="Services">That the handbook has rules about; teams and topics of queues likewise.</param>
/// <param name="OnCall">The people who may be paged.</param>
/// <param name="Rules">The handbook of the day, in its order.</param>
/// <param name="Tickets">The first of the day, as logs hold them.</param>
internal sealed record CompanyOutput(
    string Company,
    long Seed,
    int Day,
    int DriftDay,
    IReadOnlyList<string> Services,
    IReadOnlyList<string> Teams,
    IReadOnlyList<string> Topics,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Accounts,
    IReadOnlyList<string> Queues,
    IReadOnlyList<string> OnCall,
    IReadOnlyList<string> Assets,
    IReadOnlyList<string> Keys,
    IReadOnlyList<string> Links,
    IReadOnlyList<DeskTool> Tools,
    IReadOnlyList<RuleOutput> Rules,
    IReadOnlyList<TicketOutput> Tickets
)
{
    public static CompanyOutput Of(Company company, int tickets)
    {
        var (estate, rules, strata) = (company.Estate, company.Handbook.Rules, company.Strata);
        return new CompanyOutput(
            company.Name,
            company.Options.Seed,
            company.Day,
            company.Options.DriftDay,
            Subjects(RuleKind.Incident),
            Subjects(RuleKind.Access),
            Subjects(RuleKind.Flow),
            estate.Hosts,
            estate.Accounts,
            estate.Queues,
            estate.OnCall,
            estate.Assets,
            estate.Keys,
            estate.Links,
            DeskTool.All,
            [.. rules.Select(r => new RuleOutput(r.Id, r.Family, strata[r.Id], r.Entry, r.Phrasings))],
            [.. Draw().Select(t => new TicketOutput(t.Id, t.Time, t.Text, t.Rule.Id))]
        );

        IReadOnlyList<string> Subjects(RuleKind kind) =>
            [.. rules.Where(r => r.Kind == kind).Select(r => r.Subject).Distinct().Order(StringComparer.Ordinal)];

        IEnumerable<Ticket> Draw() =>
            tickets == 0 ? [] : Opsdesk.Tickets.Draw(company, company.Day, tickets, company.Options.Seed);
    }
}

/// <summary>A rule of <c>opsdesk show</c>.</summary>
/// <param name="Stratum">What the newest drift up to the day shown, or the first, does to it.</param>
/// <param name="Entry">The handbook's line.</param>
/// <param name="Phrasings">How tickets tell the situation.</param>
internal sealed record RuleOutput(
    string Id,
    string Family,
    Stratum Stratum,
    string Entry,
    IReadOnlyList<string> Phrasings
);

/// <summary>A ticket of <c>opsdesk show</c>.</summary>
/// <param name="Rule">Under which it falls; no agent is told.</param>
internal sealed record TicketOutput(string Id, DateTimeOffset Time, string Text, string Rule);
