using Distiller.Evaluation;

namespace Distiller.Opsdesk.Nights;

/// <summary>The sample company's tickets as tasks that an agent works and that its verifier checks.</summary>
public sealed class OpsdeskTasks : IAgentTasks
{
    private const double UnseenShare = 0.01;

    private readonly Company _company;
    private readonly TicketRunOptions _run = new();
    private readonly Dictionary<string, Ticket> _tickets;

    /// <param name="tickets">Of the company; worked in this order.</param>
    public OpsdeskTasks(Company company, IReadOnlyList<TestTicket> tickets)
    {
        _company = company;
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

    public string VerboseSystem(AgentTask task) => DeskPrompt.Verbose(_company.At(_tickets[task.Id].Day).Handbook);

    public string ShortSystem(AgentTask task) => DeskPrompt.Short;

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

    private TicketResult Result(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent) =>
        new TicketRun(_company, _run).Work(_tickets[task.Id], system, agent);

    private static string NameOf(Stratum stratum) => stratum.ToString().ToLowerInvariant();
}
