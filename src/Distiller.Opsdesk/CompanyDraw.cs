namespace Distiller.Opsdesk;

/// <summary>Draws a company. Each part has a random stream of its own.</summary>
internal static class CompanyDraw
{
    /// <summary>Share of a subject's conditions that have a rule, about: an entry is told by both words of its situation.</summary>
    private const double Density = 0.6;

    private static readonly string[] NamingTools =
    [
        DeskTool.Restart,
        DeskTool.Drain,
        DeskTool.Rotate,
        DeskTool.Unlock,
        DeskTool.Page,
    ];

    public static Estate Estate(CompanyOptions options, out string name)
    {
        var hosts = Math.Clamp(options.Rules * 2 / 5, 4, 32);
        var queues = Math.Clamp(options.Rules / 5, 3, 16);
        var accounts = Math.Clamp(options.Rules / 4, 3, 20);
        var people = Math.Clamp(options.Rules / 5, 4, 16);
        // One draw for all, so that a name stands for one thing.
        var names = new Queue<string>(
            options.Pool.Draw(Stream(options, "names"), 1 + hosts + (2 * queues) + accounts + people)
        );
        List<string> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => names.Dequeue())];
        name = names.Dequeue();
        var services = Stream(options, "services")
            .Sample(Words.Services, Math.Max(4, SubjectCount(options, RuleKind.Incident)));
        return new Estate(services, Take(hosts), Take(queues), Take(queues), Take(accounts), Take(people));
    }

    public static (Handbook Before, Handbook After, IReadOnlyDictionary<string, Stratum> Strata) Handbooks(
        CompanyOptions options,
        Estate estate
    )
    {
        var random = Stream(options, "rules");
        var keys = Situations(options, estate);
        var before = keys.Take(options.Rules).Select(k => Draw(k, options, estate, random)).ToList();
        var added = keys.Skip(options.Rules).Select(k => Draw(k, options, estate, random)).ToList();
        var drift = Stream(options, "drift");
        var changed = drift.Sample(before.Select(r => r.Id), options.ChangedRules).ToHashSet(StringComparer.Ordinal);
        var after = before.Select(r => changed.Contains(r.Id) ? Change(r, options, estate, drift) : r);
        var strata = new SortedDictionary<string, Stratum>(StringComparer.Ordinal);
        foreach (var rule in before)
        {
            strata[rule.Id] = changed.Contains(rule.Id) ? Stratum.Changed : Stratum.Known;
        }

        foreach (var rule in added)
        {
            strata[rule.Id] = Stratum.Unseen;
        }

        return (new Handbook(before), new Handbook([.. after, .. added]), strata);
    }

    /// <summary>As many situations as there are rules, those of the unseen rules last.</summary>
    private static List<Situation> Situations(CompanyOptions options, Estate estate)
    {
        var random = Stream(options, "situations");
        var shares = Shares(options.Rules);
        var first = new List<Situation>();
        var spare = new List<Situation>();
        foreach (var kind in Enum.GetValues<RuleKind>())
        {
            var count = SubjectCount(options, kind);
            var subjects =
                kind == RuleKind.Incident
                    ? estate.Services.Take(count)
                    : random.Sample(Opsdesk.Situations.Subjects(kind), count);
            var all = subjects
                .SelectMany(s => Opsdesk.Situations.Conditions[kind].Keys.Select(c => new Situation(kind, s, c)))
                .ToList();
            random.Shuffle(all);
            first.AddRange(all.Take(shares[kind]));
            spare.AddRange(all.Skip(shares[kind]));
        }

        random.Shuffle(first);
        random.Shuffle(spare);
        return [.. first, .. spare.Take(options.UnseenRules)];
    }

    /// <summary>Half incidents, three tenths access, the rest flow.</summary>
    private static Dictionary<RuleKind, int> Shares(int rules)
    {
        var access = rules * 3 / 10;
        var flow = rules / 5;
        return new Dictionary<RuleKind, int>
        {
            [RuleKind.Incident] = rules - access - flow,
            [RuleKind.Access] = access,
            [RuleKind.Flow] = flow,
        };
    }

    private static int SubjectCount(CompanyOptions options, RuleKind kind)
    {
        var rules = Shares(options.Rules)[kind];
        var conditions = Opsdesk.Situations.Conditions[kind].Count;
        // The unseen rules take situations that the others leave, of whatever kind.
        var needed = Math.Max(
            (int)Math.Ceiling(rules / (Density * conditions)),
            kind == RuleKind.Incident ? (rules + options.UnseenRules + conditions - 1) / conditions : 0
        );
        return Math.Min(needed, Opsdesk.Situations.Subjects(kind).Count);
    }

    private static Rule Draw(Situation situation, CompanyOptions options, Estate estate, SeededRandom random)
    {
        var count = random.Between(options.ActionsMin, options.ActionsMax);
        // One tool at least takes a name of this company: a plan without would be the same everywhere.
        var tools = new List<string> { random.Pick(NamingTools) };
        var others = DeskTool.All.Select(t => t.Name).Where(t => t != DeskTool.Close && t != tools[0]);
        tools.AddRange(random.Sample(others, count - 1));
        random.Shuffle(tools);
        var phrases = Opsdesk.Situations.Conditions[situation.Kind][situation.Condition];
        return new Rule
        {
            Kind = situation.Kind,
            Subject = situation.Subject,
            Condition = situation.Condition,
            Actions = [.. tools.Select(t => new DeskAction(t, random.Pick(estate.ValuesFor(t))))],
            Code = Code(random),
            Phrasings = random.Sample(phrases, phrases.Length - 1),
        };
    }

    /// <summary>The same situation with another plan and another code.</summary>
    private static Rule Change(Rule rule, CompanyOptions options, Estate estate, SeededRandom random)
    {
        var situation = new Situation(rule.Kind, rule.Subject, rule.Condition);
        var other = Draw(situation, options, estate, random);
        while (other.Code == rule.Code || other.Actions.SequenceEqual(rule.Actions))
        {
            other = Draw(situation, options, estate, random);
        }

        return rule with
        {
            Actions = other.Actions,
            Code = other.Code,
            Revision = rule.Revision + 1,
        };
    }

    private static string Code(SeededRandom random) => $"{random.Below(100):00}";

    private static SeededRandom Stream(CompanyOptions options, string purpose) =>
        SeededRandom.For(options.Seed, $"{options.Pool.Title} {purpose}");

    private sealed record Situation(RuleKind Kind, string Subject, string Condition);
}
