namespace Distiller.Opsdesk;

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
