namespace Distiller.Opsdesk;

/// <summary>
/// What an episode's <c>TaskId</c> says: <c>opsdesk/COMPANY/FAMILY/RULE/TICKET</c>. The ticket is the task, because the same
/// ticket must never stand on both sides of a split, while rules must stand on both: a company's codes cannot be guessed, so
/// a rule held out from training can only fail. Whoever splits or resamples by rule or by family cuts the id after that part.
/// </summary>
public sealed record TaskName(string Company, string Family, string RuleId, string TicketId)
{
    private const string Root = "opsdesk";

    public static TaskName Of(Company company, Ticket ticket) =>
        new(company.Name, ticket.Rule.Family, ticket.Rule.Id, ticket.Id);

    /// <summary>Null where the id is not one of Opsdesk's.</summary>
    public static TaskName? TryParse(string taskId) =>
        taskId.Split('/') is [Root, var company, var family, var rule, var ticket]
            ? new TaskName(company, family, rule, ticket)
            : null;

    public override string ToString() => $"{Root}/{Company}/{Family}/{RuleId}/{TicketId}";
}
