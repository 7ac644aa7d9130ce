namespace Distiller.Opsdesk;

/// <summary>Draws a company. Each part has a random stream of its own.</summary>
internal static class CompanyDraw
{
    public static EstateDraft Estate(CompanyOptions options, out string name)
    {
        // One draw for all, so that a name stands for one thing.
        var names = new NameDraw(options.Pool, Stream(options, "names"));
        name = names.Next();
        return new EstateDraft(names);
    }

    /// <param name="estate">Gets the names that the rules use.</param>
    /// <returns>Before the first drift, and after each.</returns>
    public static IReadOnlyList<Handbook> Handbooks(CompanyOptions options, EstateDraft estate)
    {
        var random = Stream(options, "rules");
        var keys = Situations(options);
        var rules = keys.Take(options.Rules).Select(k => Draw(k, options, estate, random)).ToList();
        var handbooks = new List<Handbook> { new(rules) };
        var old = rules.Select(r => r.Id).ToList();
        var added = keys.Skip(options.Rules).Select(k => Draw(k, options, estate, random)).ToList();
        var drift = Stream(options, "drift");
        foreach (var changes in options.LaterChanges.Prepend(options.ChangedRules))
        {
            var changed = drift.Sample(old, changes).ToHashSet(StringComparer.Ordinal);
            rules = [.. rules.Select(r => changed.Contains(r.Id) ? Change(r, options, estate, drift) : r), .. added];
            added = [];
            handbooks.Add(new Handbook(rules));
        }

        return handbooks;
    }

    /// <summary>As many situations as there are rules, those of the unseen rules last.</summary>
    private static List<Situation> Situations(CompanyOptions options)
    {
        var random = Stream(options, "situations");
        var shares = Shares(options.Rules);
        var first = new List<Situation>();
        var spare = new List<Situation>();
        foreach (var kind in Enum.GetValues<RuleKind>())
        {
            var subjects = random.Sample(Opsdesk.Situations.Subjects(kind), SubjectCount(options, kind));
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
            (int)Math.Ceiling(rules / (options.Density * conditions)),
            kind == RuleKind.Incident ? (rules + options.UnseenRules + conditions - 1) / conditions : 0
        );
        return Math.Min(needed, Opsdesk.Situations.Subjects(kind).Count);
    }

    private static Rule Draw(Situation situation, CompanyOptions options, EstateDraft estate, SeededRandom random)
    {
        var phrases = Opsdesk.Situations.Conditions[situation.Kind][situation.Condition];
        return new Rule
        {
            Kind = situation.Kind,
            Subject = situation.Subject,
            Condition = situation.Condition,
            Actions = Actions(options, estate, random),
            Code = Code(random),
            Phrasings = random.Sample(phrases, phrases.Length - 1),
        };
    }

    private static List<DeskAction> Actions(CompanyOptions options, EstateDraft estate, SeededRandom random) =>
        [
            .. random
                .Sample(EstateDraft.Tools, random.Between(options.ActionsMin, options.ActionsMax))
                .Select(t => new DeskAction(t, estate.NameFor(t))),
        ];

    /// <summary>The same situation with another plan and another code.</summary>
    private static Rule Change(Rule rule, CompanyOptions options, EstateDraft estate, SeededRandom random)
    {
        var code = Code(random);
        while (code == rule.Code)
        {
            code = Code(random);
        }

        return rule with
        {
            Actions = Actions(options, estate, random),
            Code = code,
            Revision = rule.Revision + 1,
        };
    }

    private static string Code(SeededRandom random) => $"{random.Below(100):00}";

    private static SeededRandom Stream(CompanyOptions options, string purpose) =>
        SeededRandom.For(options.Seed, $"{options.Pool.Title} {purpose}");

    private sealed record Situation(RuleKind Kind, string Subject, string Condition);
}
