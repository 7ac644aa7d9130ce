using Distiller.Evaluation;
using Distiller.Retrieval;

namespace Distiller.Opsdesk.Nights;

/// <summary>The sample company's tickets as tasks that an agent works and that its verifier checks.</summary>
public sealed class OpsdeskTasks : IAgentTasks
{
    private const double UnseenShare = 0.01;

    private readonly Company _company;
    private readonly TicketRunOptions _run = new();
    private readonly Dictionary<string, Ticket> _tickets;
    private readonly Handbook _learnt;
    private readonly Dictionary<Handbook, IReadOnlyList<ContextEntry>> _entries = [];

    /// <param name="tickets">Of the company; worked in this order.</param>
    /// <param name="lastLoggedDay">The last day that an adapter learnt from; null: the day before the first ticket's.</param>
    public OpsdeskTasks(Company company, IReadOnlyList<TestTicket> tickets, int? lastLoggedDay = null)
    {
        _company = company;
        _learnt = company.At(lastLoggedDay ?? Math.Max(0, tickets.Min(t => t.Ticket.Day) - 1)).Handbook;
        foreach (var day in tickets.Select(t => t.Ticket.Day).Distinct())
        {
            var handbook = company.At(day).Handbook;
            _entries[handbook] = [.. handbook.Rules.Select(Entry)];
        }

        _tickets = tickets.ToDictionary(t => t.Ticket.Id, t => t.Ticket, StringComparer.Ordinal);
        Tasks = [.. tickets.Select(t => new AgentTask(t.Ticket.Id, t.Ticket.Rule.Family, NameOf(t.Stratum)))];
        Title = $"{tickets.Count} tickets at {company.Name}, company {company.Options.Seed} of the operations desk";
        Sha256 = CanonicalJson.Hash(
            new
            {
                company = company.Name,
                tools = DeskTool.All,
                _run,
                tickets = tickets.Select(t => new
                {
                    t.Ticket.Id,
                    t.Ticket.Text,
                    t.Ticket.Rule.Family,
                    t.Ticket.Rule.Entry,
                    stratum = NameOf(t.Stratum),
                }),
                shortSystem = DeskPrompt.Short,
                learnt = _learnt.Render(),
                verboseSystems = tickets
                    .Select(t => t.Ticket.Day)
                    .Distinct()
                    .Order()
                    .Select(d => DeskPrompt.Verbose(company.At(d).Handbook)),
            }
        );
    }

    public string Title { get; }

    public string Sha256 { get; }

    public IReadOnlyList<AgentTask> Tasks { get; }

    /// <summary>Every request takes a step or is the last.</summary>
    public int RequestsMax => _run.StepsMax;

    /// <summary>
    /// A test mix as the work comes: a changed rule as often as any other, a rule that nobody has learnt in one ticket of
    /// a hundred.
    /// </summary>
    /// <param name="day">Of which alone the tickets are; null: the two days from the first drift on.</param>
    public static OpsdeskTasks Draw(Company company, int tickets, long seed, int? day = null)
    {
        var strata = company.At(day ?? company.Options.DriftDay).Strata.Values;
        var changed = strata.Count(s => s == Stratum.Changed);
        var mix = new TestMixOptions
        {
            Seed = seed,
            Tickets = tickets,
            FirstDay = day,
            Days = day is null ? new TestMixOptions().Days : 1,
            ChangedShare = Math.Min((double)changed / company.Options.Rules, 1 - UnseenShare),
            UnseenShare = UnseenShare,
        };
        return new OpsdeskTasks(company, TestMix.Draw(company, mix));
    }

    /// <summary>
    /// Tickets like the logged ones of the last day before the drift, in other draws: to try what was mined on them, and never what
    /// was trained.
    /// </summary>
    public static OpsdeskTasks DrawLogged(Company company, int tickets, long seed)
    {
        var day = Math.Max(0, company.Options.DriftDay - 1);
        return new OpsdeskTasks(
            company,
            [.. Tickets.Draw(company, day, tickets, ~seed).Select(t => new TestTicket(t, Stratum.Known))],
            day
        );
    }

    public string VerboseSystem(AgentTask task) => DeskPrompt.Verbose(_company.At(_tickets[task.Id].Day).Handbook);

    public string ShortSystem(AgentTask task) => DeskPrompt.Short;

    public IReadOnlyList<ContextEntry> Entries(AgentTask task) => _entries[_company.At(_tickets[task.Id].Day).Handbook];

    public string Request(AgentTask task) => _tickets[task.Id].Text;

    /// <summary>Chosen entries stand where the whole handbook would, so that the base reads them as it has learnt to.</summary>
    public string System(AgentTask task, bool isVerbose, SelectedEntries selected)
    {
        var handbook = _company.At(_tickets[task.Id].Day).Handbook;
        var chosen = new Handbook([.. selected.Entries.Select(e => handbook.Find(e.Id)!)]);
        var system =
            isVerbose ? DeskPrompt.Verbose(chosen)
            : chosen.Rules.Count == 0 ? DeskPrompt.Short
            : string.Join('\n', chosen.Rules.Select(r => r.Entry).Prepend(DeskPrompt.Short));
        return selected.Examples.Count == 0
            ? system
            : system + "\nExamples\n" + string.Join('\n', selected.Examples.Select(e => $"{e.Request}\n{e.Answer}"));
    }

    public TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent)
    {
        var result = Result(task, system, agent);
        return new TaskVerdict(
            result.IsSolved,
            result.IsSolved ? "" : result.Reason.ToString(),
            result.IsSolved ? "" : result.Verdict.Detail
        );
    }

    /// <summary>What the desk saw when the agent gave these answers, tools' answers included.</summary>
    public TicketResult Replay(AgentTask task, string system, IEnumerable<string> answers)
    {
        var left = new Queue<string>(answers);
        return Result(task, system, _ => left.TryDequeue(out var answer) ? answer : "");
    }

    private ContextEntry Entry(Rule rule) =>
        new(rule.Id, $"{rule.Subject} {rule.Condition}", rule.Entry, rule.Subject, _learnt.Find(rule.Id)?.Entry);

    private TicketResult Result(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent) =>
        new TicketRun(_company, _run).Work(_tickets[task.Id], system, agent);

    private static string NameOf(Stratum stratum) => stratum.ToString().ToLowerInvariant();
}
