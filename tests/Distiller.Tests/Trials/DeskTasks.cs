using Distiller.Evaluation;
using Distiller.Opsdesk;

namespace Distiller.Tests.Trials;

/// <summary>A few tickets of a small company.</summary>
internal sealed class DeskTasks : IAgentTasks
{
    private readonly Company _company = Company.Generate(new CompanyOptions { Seed = 3, Rules = 6 });
    private readonly TicketRunOptions _options = new() { StepsMax = 3 };
    private readonly Dictionary<string, TestTicket> _tickets;

    public DeskTasks()
    {
        var tickets = TestMix.Draw(_company, new TestMixOptions { Tickets = 6 });
        _tickets = tickets.ToDictionary(t => t.Ticket.Id);
        Tasks = [.. tickets.Select(t => new AgentTask(t.Ticket.Id, t.Ticket.Rule.Family, t.Stratum.ToString()))];
    }

    public string Title => "a small desk";

    public string Sha256 => new('d', 64);

    public IReadOnlyList<AgentTask> Tasks { get; }

    public int RequestsMax => _options.StepsMax;

    public string VerboseSystem(AgentTask task) =>
        DeskPrompt.Verbose(_company.At(_tickets[task.Id].Ticket.Day).Handbook);

    public string ShortSystem(AgentTask task) => DeskPrompt.Short;

    public TaskVerdict Work(AgentTask task, string system, Func<IReadOnlyList<ChatMessage>, string> agent)
    {
        var result = new TicketRun(_company, _options).Work(_tickets[task.Id].Ticket, system, agent);
        return new TaskVerdict(result.IsSolved, result.IsSolved ? "" : result.Reason.ToString(), result.Verdict.Detail);
    }
}
