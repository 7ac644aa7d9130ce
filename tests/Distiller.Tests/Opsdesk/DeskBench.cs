using Distiller.Opsdesk;

namespace Distiller.Tests.Opsdesk;

/// <summary>A company with a rule of three different actions at hand, and the words for calls.</summary>
internal sealed class DeskBench
{
    public Company Company { get; } = Company.Generate(new CompanyOptions { Seed = 7 });

    public Rule Rule =>
        Company.Handbook.Rules.First(r =>
            r.Actions.Count == 3
            && r.Actions.Any(a => a.Tool == DeskTool.Restart)
            && r.Actions[0].Tool != DeskTool.Lookup
        );

    public Ticket Ticket => new("T00000", 0, Company.Options.Start, "Ticket 00000: something is wrong.", Rule);

    public string OtherHost => Company.Estate.Hosts.First(h => Rule.Actions.All(a => a.Value != h));

    public Desk Do(params IEnumerable<DeskAction> actions)
    {
        var desk = new Desk(Company);
        foreach (var action in actions)
        {
            desk.Call(action.ToCall("call")).IsError.ShouldBeFalse(action.ToString());
        }

        return desk;
    }

    public Verdict Judge(params IEnumerable<DeskAction> actions) => Verifier.Check(Company, Rule, Do(actions));

    /// <summary>Runs an agent that says these things in turn, and the last one for ever.</summary>
    public TicketResult Run(params string[] answers)
    {
        var next = 0;
        return new TicketRun(Company).Work(
            Ticket,
            DeskPrompt.Short,
            _ => answers[Math.Min(next++, answers.Length - 1)]
        );
    }

    public static string Say(string tool, string argumentsJson) =>
        $"<tool_call>\n{{\"name\": \"{tool}\", \"arguments\": {argumentsJson}}}\n</tool_call>";

    public static string Say(DeskAction action) => Say(action.Tool, action.ToCall("").ArgumentsJson);
}
