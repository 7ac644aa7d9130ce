using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Distiller.Opsdesk;

namespace Distiller.Tests.Opsdesk;

public sealed class a_company_follows_from_its_seed
{
    [Test]
    public void the_generator_gives_the_published_sequence()
    {
        // xoshiro256** behind SplitMix64(1234567), computed by another implementation that was checked with the published
        // values for the state 1, 2, 3, 4 (11520, 0, 1509978240, 1215971899390074240).
        var random = new SeededRandom(1234567);

        Enumerable
            .Range(0, 5)
            .Select(_ => random.NextBits())
            .ShouldBe([
                3504822795582309479,
                1819558768956484042,
                1250851346055027673,
                16940231675099994102,
                11585879347611423030,
            ]);
    }

    [Test]
    public void the_same_seed_gives_the_same_bytes_on_every_machine()
    {
        var text = Everything(new CompanyOptions { Seed = 42, Pool = NamePool.Demo });

        Everything(new CompanyOptions { Seed = 42, Pool = NamePool.Demo }).ShouldBe(text);
        Convert
            .ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
            .ShouldBe("0e3c6a1f2fa8568b70591cb76f6192e44286ad3a076ace7c77e5b123144ed281");
    }

    [Test]
    public void companies_of_different_seeds_share_no_entry()
    {
        var entries = Enumerable
            .Range(0, 100)
            .SelectMany(seed =>
                Company.Generate(new CompanyOptions { Seed = seed }).Handbook.Rules.Select(r => r.Entry)
            )
            .ToList();

        entries.Distinct().Count().ShouldBe(entries.Count);
    }

    [Test]
    public void no_name_of_a_demo_company_occurs_in_any_pretraining_company()
    {
        var demo = Names(NamePool.Demo);
        var others = Names(NamePool.Pretraining);

        demo.Count.ShouldBeGreaterThan(1_000);
        demo.Overlaps(others).ShouldBeFalse();
        demo.ShouldAllBe(n => NamePool.Demo.Contains(n) && !NamePool.Pretraining.Contains(n));
        others.ShouldAllBe(n => NamePool.Pretraining.Contains(n) && !NamePool.Demo.Contains(n));
    }

    [Test]
    public void every_word_of_a_demo_name_can_be_learnt_at_its_place_in_pretraining()
    {
        // A base copies a word only if it knows the token.
        foreach (var word in Words.Names)
        {
            Words.Names.ShouldContain(other => NamePool.Pretraining.Contains($"{word}-{other}"), word);
            Words.Names.ShouldContain(other => NamePool.Pretraining.Contains($"{other}-{word}"), word);
        }
    }

    [Test]
    public void a_word_is_in_one_list_and_a_name_stands_for_one_thing()
    {
        string[] words =
        [
            .. Words.Names,
            .. Words.Services,
            .. Words.Teams,
            .. Words.Topics,
            .. DeskTool.All.SelectMany(t => new[] { t.Name, t.Argument }),
            .. Situations.Conditions.Values.SelectMany(c => c.Keys),
        ];
        words.Distinct().Count().ShouldBe(words.Length);

        var company = Company.Generate(new CompanyOptions { Rules = 80 });
        AllNames(company.Estate).Append(company.Name).ShouldBeUnique();
    }

    [Test]
    public void a_name_in_a_plan_belongs_to_that_rule_and_revision_alone([Values(1, 2, 3)] int seed)
    {
        var company = Company.Generate(new CompanyOptions { Seed = seed, ChangedRules = 20 });

        Handbook[] handbooks = [company.Handbook, company.At(company.Options.DriftDay).Handbook];
        var rules = handbooks.SelectMany(h => h.Rules).DistinctBy(r => (r.Id, r.Revision)).ToList();
        rules.Count.ShouldBe(60 + 2 + 20);
        var used = rules.SelectMany(r => r.Actions).Select(a => a.Value).ToList();
        used.ShouldBeUnique();
        AllNames(company.Estate).Count().ShouldBe(used.Count + (7 * Estate.Spare));
        company.Estate.People.Except(company.Estate.OnCall).Count().ShouldBe(Estate.Spare / 2);
    }

    [Test]
    public void the_handbook_of_the_training_days_does_not_depend_on_the_drift_to_come()
    {
        var rules = Company.Generate(new CompanyOptions { ChangedRules = 0 });

        Company.Generate(new CompanyOptions { ChangedRules = 30 }).Handbook.Render().ShouldBe(rules.Handbook.Render());
    }

    [Test]
    public void a_ticket_tells_its_subject_after_a_space_and_names_no_host_of_any_plan()
    {
        var company = Company.Generate(new CompanyOptions());
        var hosts = company.Estate.Hosts.Except(company.Estate.Bystanders).ToList();

        hosts.ShouldNotBeEmpty();
        foreach (var ticket in Tickets.Draw(company, 2, 600, seed: 8))
        {
            ticket.Text.ShouldContain($" {ticket.Rule.Subject}");
            ticket.Rule.Entry.ShouldStartWith($"* {ticket.Rule.Subject} {ticket.Rule.Condition}: ");
            company.Estate.Bystanders.ShouldContain(h => ticket.Text.Contains(h));
            hosts.ShouldNotContain(h => ticket.Text.Contains(h));
        }
    }

    [Test]
    public void a_handbook_has_the_rules_asked_for_each_a_lean_line_with_an_id_of_its_own(
        [Values(1, 2, 3, 8, 60, 80, 200)] int count
    )
    {
        var handbook = Company.Generate(new CompanyOptions { Rules = count, Seed = count }).Handbook;

        handbook.Rules.Count.ShouldBe(count);
        handbook.Rules.Select(r => r.Id).Distinct().Count().ShouldBe(count);
        handbook.Rules.ShouldAllBe(r => r.Phrasings.Count >= 3 && r.Actions.Count >= 1 && r.Actions.Count <= 3);
        var lines = handbook.Render().Split('\n');
        lines[0].ShouldBe("Handbook");
        lines.Length.ShouldBe(count + 1);
        var entry = new Regex("^\\* [a-z]+ [a-z]+: ([a-z]+ [a-z]+=[a-z]+-[a-z]+; ){1,3}close code=[0-9]{2}$");
        lines.Skip(1).ShouldAllBe(l => entry.IsMatch(l));
    }

    [Test]
    public void every_tool_is_used_by_a_handbook_and_every_kind_of_rule_occurs()
    {
        var rules = Company.Generate(new CompanyOptions()).Handbook.Rules;

        rules
            .SelectMany(r => r.Plan)
            .Select(a => a.Tool)
            .Distinct()
            .Order()
            .ShouldBe(DeskTool.All.Select(t => t.Name).Order());
        DeskTool.All.Count.ShouldBe(8);
        rules.Select(r => r.Kind).Distinct().Count().ShouldBe(3);
        rules.Select(r => r.Family).Distinct().Count().ShouldBeGreaterThan(12);
    }

    [Test]
    public void tickets_are_drawn_with_replacement_and_told_in_many_ways()
    {
        var company = Company.Generate(new CompanyOptions());
        var tickets = Tickets.Draw(company, 1, 600, seed: 3);

        tickets.Select(t => t.Text).Distinct().Count().ShouldBe(600);
        tickets.Select(t => t.Id).Distinct().Count().ShouldBe(600);
        tickets.Select(t => t.Time).ShouldBeInOrder();
        tickets.ShouldAllBe(t => t.Time.Date == company.Options.Start.AddDays(1).Date);
        tickets.ShouldAllBe(t => t.Text.Contains(t.Rule.Subject) && !t.Text.Contains('{'));
        // Of 60 rules each is drawn 10 times on average: some much more often than others, as replacement has it.
        var counts = tickets.CountBy(t => t.Rule.Id).Select(c => c.Value).ToList();
        counts.Count.ShouldBe(60);
        counts.Max().ShouldBeGreaterThan(counts.Min() + 5);
        var ofOne = tickets.GroupBy(t => t.Rule.Id).MaxBy(g => g.Count())!;
        ofOne.Select(t => t.Text[13..]).Distinct().Count().ShouldBeGreaterThan(ofOne.Count() / 2);
    }

    [Test]
    public void settings_out_of_range_are_refused()
    {
        Should.Throw<BadInputException>(() => Company.Generate(new CompanyOptions { Rules = 0 }));
        Should.Throw<BadInputException>(() => Company.Generate(new CompanyOptions { Rules = 201 }));
        Should.Throw<BadInputException>(() => Company.Generate(new CompanyOptions { ActionsMin = 3, ActionsMax = 2 }));
        Should.Throw<ArgumentOutOfRangeException>(() => Company.Generate(new CompanyOptions()).At(-1));
    }

    private static string Everything(CompanyOptions options)
    {
        var company = Company.Generate(options);
        return string.Join(
            '\n',
            [
                company.Name,
                company.Handbook.Render(),
                company.At(options.DriftDay).Handbook.Render(),
                .. AllNames(company.Estate),
                .. Tickets.Draw(company, 0, 20, 1).Select(t => $"{t} {t.Time:O}"),
                .. TestMix.Draw(company).Select(t => $"{t.Stratum} {t.Ticket}"),
            ]
        );
    }

    private static HashSet<string> Names(NamePool pool) =>
        [
            .. Enumerable
                .Range(0, 100)
                .Select(seed => Company.Generate(new CompanyOptions { Seed = seed, Pool = pool }))
                .SelectMany(c => AllNames(c.Estate).Append(c.Name)),
        ];

    private static IEnumerable<string> AllNames(Estate e) =>
        [.. e.Assets, .. e.Hosts, .. e.Queues, .. e.Keys, .. e.Accounts, .. e.People, .. e.Links];
}
