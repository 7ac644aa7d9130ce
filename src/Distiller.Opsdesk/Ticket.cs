namespace Distiller.Opsdesk;

/// <summary>A task: what a user wrote. Which rule it falls under is for the verifier, never for the agent.</summary>
/// <param name="Id">Unique within the company: day and number of the day.</param>
/// <param name="Day">The company's day, from 0.</param>
/// <param name="Rule">As it holds on that day.</param>
public sealed record Ticket(string Id, int Day, DateTimeOffset Time, string Text, Rule Rule)
{
    public const int DayMax = 9_999;

    /// <summary>Most tickets of one day.</summary>
    public const int PerDayMax = 10_000;

    public override string ToString() => $"{Id} {Text}";
}

/// <summary>
/// In which words tickets may be written. A wording is a sentence, a subject and a phrase; number, hour and bystander
/// do not count. A rule's wordings are divided as names are (<see cref="NamePool"/>): each phrase of the rule occurs on
/// both sides, and most sentences do, but never the same pair. So no ticket of a test is a logged one with another
/// number, and whoever solves it has learnt what the words mean.
/// </summary>
public enum TicketWording
{
    /// <summary>Any: for companies that nobody is tested at.</summary>
    Any,

    /// <summary>What the days' logs hold.</summary>
    Logged,

    /// <summary>One sentence for each phrase of a rule, kept for tests.</summary>
    HeldOut,
}
