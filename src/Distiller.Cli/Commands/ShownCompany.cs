using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary>The document of <c>opsdesk show --json</c>: the company as it is on a day.</summary>
/// <param name="Company">Its name.</param>
/// <param name="Day">From 0.</param>
/// <param name="DriftDay">The first day on which the changed and the added rules hold.</param>
/// <param name="Services">That the handbook has rules about; teams and topics of queues likewise.</param>
/// <param name="OnCall">The people who may be paged.</param>
/// <param name="Rules">The handbook of the day, in its order.</param>
/// <param name="Tickets">The first of the day, as logs hold them.</param>
internal sealed record ShownCompany(
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
    IReadOnlyList<ShownRule> Rules,
    IReadOnlyList<ShownTicket> Tickets
)
{
    public static ShownCompany Of(Company company, int tickets)
    {
        var (estate, rules, strata) = (company.Estate, company.Handbook.Rules, company.Strata);
        return new ShownCompany(
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
            [.. rules.Select(r => new ShownRule(r.Id, r.Family, strata[r.Id], r.Entry, r.Phrasings))],
            [.. Draw().Select(t => new ShownTicket(t.Id, t.Time, t.Text, t.Rule.Id))]
        );

        IReadOnlyList<string> Subjects(RuleKind kind) =>
            [.. rules.Where(r => r.Kind == kind).Select(r => r.Subject).Distinct().Order(StringComparer.Ordinal)];

        IEnumerable<Ticket> Draw() =>
            tickets == 0 ? [] : Opsdesk.Tickets.Draw(company, company.Day, tickets, company.Options.Seed);
    }
}
