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
