namespace Distiller.Opsdesk;

/// <summary>
/// Writes tickets. Rules are drawn with replacement: were each asked once, a model would learn to answer with the one not
/// yet used instead of reading.
/// </summary>
public static class Tickets
{
    private const int FirstHour = 6;
    internal const int WorkingSeconds = 14 * 3600;

    /// <summary>Tickets of one day in order of time; every rule of that day's handbook is as likely as any other.</summary>
    public static IReadOnlyList<Ticket> Draw(Company company, int day, int count, long seed)
    {
        var random = SeededRandom.For(seed, $"rules of day {day}");
        var rules = company.At(day).Handbook.Rules;
        return Write(company, day, [.. Enumerable.Range(0, count).Select(_ => random.Pick(rules))], seed);
    }

    /// <summary>One ticket for each of the rules, in their order.</summary>
    internal static IReadOnlyList<Ticket> Write(Company company, int day, IReadOnlyList<Rule> rules, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rules.Count, Ticket.PerDayMax);
        var random = SeededRandom.For(seed, $"tickets of day {day}");
        var tickets = new List<Ticket>(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            // An equal slice of the working day each: times grow and never leave the day.
            var second = ((long)WorkingSeconds * i / rules.Count) + random.Below((WorkingSeconds / rules.Count) + 1);
            var time = TimeOn(company, day, (int)second);
            tickets.Add(Write(company, day, i, rules[i], time, random));
        }

        return tickets;
    }

    /// <param name="place">Number of the day, from 0.</param>
    internal static Ticket Write(
        Company company,
        int day,
        int place,
        Rule rule,
        DateTimeOffset time,
        SeededRandom random
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Ticket.PerDayMax);
        var number = $"{(day * Ticket.PerDayMax) + place:00000}";
        return new Ticket($"T{number}", day, time, Text(rule, number, company.Estate.Bystanders, time, random), rule);
    }

    /// <summary>A time within the day's working hours.</summary>
    internal static DateTimeOffset TimeOn(Company company, int day, int second) =>
        company.Options.Start.AddDays(day).AddHours(FirstHour).AddSeconds(second);

    private static string Text(
        Rule rule,
        string number,
        IReadOnlyList<string> hosts,
        DateTimeOffset time,
        SeededRandom random
    ) =>
        random
            .Pick(Situations.Tickets[rule.Kind])
            .Replace("{n}", number, StringComparison.Ordinal)
            .Replace("{p}", random.Pick(rule.Phrasings), StringComparison.Ordinal)
            .Replace("{s}", rule.Subject, StringComparison.Ordinal)
            .Replace("{h}", random.Pick(hosts), StringComparison.Ordinal)
            .Replace("{t}", $"{time.Hour - random.Below(FirstHour)}", StringComparison.Ordinal);
}
