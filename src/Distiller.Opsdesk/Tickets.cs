namespace Distiller.Opsdesk;

/// <summary>
/// Writes tickets. Rules are drawn with replacement: were each asked once, a model would learn to answer with the one not
/// yet used instead of reading.
/// </summary>
public static class Tickets
{
    private const int FirstHour = 6;
    internal const int WorkingSeconds = 14 * 3600;

    /// <summary>
    /// Tickets of one day as logs hold them, in order of time; every rule of that day's handbook is as likely as any other.
    /// </summary>
    public static IReadOnlyList<Ticket> Draw(Company company, int day, int count, long seed)
    {
        var random = SeededRandom.For(seed, $"rules of day {day}");
        var rules = company.At(day).Handbook.Rules;
        var drawn = Enumerable.Range(0, count).Select(_ => random.Pick(rules)).ToList();
        return Write(company, day, drawn, TicketWording.Logged, seed);
    }

    /// <summary>One ticket for each of the rules, in their order.</summary>
    internal static IReadOnlyList<Ticket> Write(
        Company company,
        int day,
        IReadOnlyList<Rule> rules,
        TicketWording wording,
        long seed
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rules.Count, Ticket.PerDayMax);
        var random = SeededRandom.For(seed, $"tickets of day {day}");
        var tickets = new List<Ticket>(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            // An equal slice of the working day each: times grow and never leave the day.
            var second = ((long)WorkingSeconds * i / rules.Count) + random.Below((WorkingSeconds / rules.Count) + 1);
            var time = TimeOn(company, day, (int)second);
            tickets.Add(Write(company, day, i, rules[i], wording, time, random));
        }

        return tickets;
    }

    /// <param name="place">Number of the day, from 0.</param>
    internal static Ticket Write(
        Company company,
        int day,
        int place,
        Rule rule,
        TicketWording wording,
        DateTimeOffset time,
        SeededRandom random
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Ticket.PerDayMax);
        var number = $"{(day * Ticket.PerDayMax) + place:00000}";
        var text = Text(rule, wording, number, company.Estate.Bystanders, time, random);
        return new Ticket($"T{number}", day, time, text, rule);
    }

    /// <summary>A time within the day's working hours.</summary>
    internal static DateTimeOffset TimeOn(Company company, int day, int second) =>
        company.Options.Start.AddDays(day).AddHours(FirstHour).AddSeconds(second);

    private static string Text(
        Rule rule,
        TicketWording wording,
        string number,
        IReadOnlyList<string> hosts,
        DateTimeOffset time,
        SeededRandom random
    )
    {
        var (sentence, phrase) = Draw(rule, wording, random);
        return sentence
            .Replace("{n}", number, StringComparison.Ordinal)
            .Replace("{p}", phrase, StringComparison.Ordinal)
            .Replace("{s}", rule.Subject, StringComparison.Ordinal)
            .Replace("{h}", random.Pick(hosts), StringComparison.Ordinal)
            .Replace("{t}", $"{time.Hour - random.Below(FirstHour)}", StringComparison.Ordinal);
    }

    private static (string Sentence, string Phrase) Draw(Rule rule, TicketWording wording, SeededRandom random)
    {
        var sentences = Situations.Tickets[rule.Kind];
        if (wording == TicketWording.Any)
        {
            return (random.Pick(sentences), random.Pick(rule.Phrasings));
        }

        // Which sentence a phrase is held out in differs from rule to rule, and stays when the rule changes.
        var shift = rule.Id.Sum(c => c);
        var wordings = new List<(string, string)>();
        foreach (var (s, sentence) in sentences.Index())
        {
            foreach (var (p, phrase) in rule.Phrasings.Index())
            {
                var isHeldOut = (s + p + shift) % sentences.Length == 0;
                if (isHeldOut == (wording == TicketWording.HeldOut))
                {
                    wordings.Add((sentence, phrase));
                }
            }
        }

        return random.Pick(wordings);
    }
}
