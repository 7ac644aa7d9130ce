using Distiller.Opsdesk;

namespace Distiller.Tests.Opsdesk;

public sealed class a_company_drifts
{
    [Test]
    public void exactly_one_known_rule_changes_and_the_rest_stays([Range(0, 40)] int seed)
    {
        var company = Company.Generate(new CompanyOptions { Seed = seed });
        var before = company.At(4).Handbook;
        var after = company.At(5).Handbook;

        var changed = before.Rules.Where(r => after.Find(r.Id)!.Entry != r.Entry).ToList();
        changed.Count.ShouldBe(1);
        company.Strata[changed[0].Id].ShouldBe(Stratum.Changed);
        var now = after.Find(changed[0].Id)!;
        now.Code.ShouldNotBe(changed[0].Code);
        now.Actions.ShouldNotBe(changed[0].Actions);
        (now.Revision, changed[0].Revision).ShouldBe((2, 1));
        after.Rules.Take(60).Select(r => r.Id).ShouldBe(before.Rules.Select(r => r.Id));
    }

    [Test]
    public void the_training_days_know_nothing_of_it()
    {
        var company = Company.Generate(new CompanyOptions());

        foreach (var day in Enumerable.Range(0, 5))
        {
            company.At(day).Handbook.Render().ShouldBe(company.Handbook.Render());
        }

        company.At(6).Handbook.Render().ShouldBe(company.At(5).Handbook.Render());
        company.At(9).At(0).Handbook.Render().ShouldBe(company.Handbook.Render());
        company.At(5).Handbook.Rules.Count.ShouldBe(62);
    }

    [Test]
    public void the_old_plan_no_longer_solves_the_changed_rule()
    {
        var company = Company.Generate(new CompanyOptions()).At(5);
        var id = company.Strata.Single(s => s.Value == Stratum.Changed).Key;
        var desk = new Desk(company);
        foreach (var action in company.At(0).Handbook.Find(id)!.Plan)
        {
            desk.Call(action.ToCall("call"));
        }

        Verifier.Check(company, company.Handbook.Find(id)!, desk).IsSolved.ShouldBeFalse();
    }

    [Test]
    public void the_test_mix_holds_new_tickets_of_every_stratum_in_the_shares_asked_for()
    {
        var company = Company.Generate(new CompanyOptions());
        var mix = TestMix.Draw(company, new TestMixOptions { Tickets = 200 });

        mix.CountBy(t => t.Stratum)
            .OrderBy(c => c.Key)
            .ShouldBe([new(Stratum.Known, 180), new(Stratum.Changed, 10), new(Stratum.Unseen, 10)]);
        var learnt = company.At(0).Handbook;
        foreach (var (ticket, stratum) in mix)
        {
            ticket.Day.ShouldBeInRange(5, 6);
            ticket.Rule.ShouldBe(company.At(ticket.Day).Handbook.Find(ticket.Rule.Id));
            stratum.ShouldBe(
                learnt.Find(ticket.Rule.Id) is not { } then ? Stratum.Unseen
                : then.Entry == ticket.Rule.Entry ? Stratum.Known
                : Stratum.Changed
            );
        }

        mix.Select(t => t.Ticket.Id).Distinct().Count().ShouldBe(200);
        mix.Select(t => t.Ticket.Time).ShouldBeInOrder();
    }

    [Test]
    public void no_test_ticket_is_a_logged_one_with_another_number_hour_or_bystander([Values(1, 7, 42)] int seed)
    {
        var company = Company.Generate(new CompanyOptions { Seed = seed, ChangedRules = 20 });
        var logged = Enumerable
            .Range(0, 12)
            .SelectMany(d => Tickets.Draw(company, d, 2_000, 1))
            .Select(Wording)
            .ToHashSet();
        var tested = TestMix
            .Draw(company, new TestMixOptions { Tickets = 2_000 })
            .Select(t => Wording(t.Ticket))
            .ToHashSet();

        tested.ShouldNotContain(w => logged.Contains(w));
        // Whatever a rule's phrase is, both sides say it, and nearly every wording was drawn on one of them.
        var rules = company.At(12).Handbook.Rules;
        logged.Count.ShouldBeGreaterThan(rules.Count * 8);
        tested.Count.ShouldBeGreaterThan(rules.Count * 2);
        foreach (var rule in rules)
        {
            foreach (var phrase in rule.Phrasings)
            {
                logged.ShouldContain(w => w.Contains(phrase) && w.Contains(rule.Subject));
            }
        }

        string Wording(Ticket ticket) =>
            company
                .Estate.Bystanders.Aggregate(
                    ticket.Text[(ticket.Text.IndexOf(':') + 1)..],
                    (t, h) => t.Replace(h, "{h}")
                )
                .Split(' ')
                .Select(w => int.TryParse(w.Trim(',', ':', '.'), out _) ? "{t}" : w)
                .Aggregate((a, b) => $"{a} {b}");
    }

    [Test]
    public void a_company_without_drift_gives_known_tickets_alone()
    {
        var still = Company.Generate(new CompanyOptions { ChangedRules = 0, UnseenRules = 0 });
        var whirl = Company.Generate(
            new CompanyOptions
            {
                Rules = 3,
                ChangedRules = 3,
                UnseenRules = 0,
            }
        );

        TestMix.Draw(still).ShouldAllBe(t => t.Stratum == Stratum.Known);
        TestMix.Draw(whirl).ShouldAllBe(t => t.Stratum == Stratum.Changed);
        TestMix.Draw(still, new TestMixOptions { Tickets = 3, Days = 7 }).Count.ShouldBe(3);
    }

    [Test]
    public void a_company_may_drift_again_day_after_day()
    {
        var once = Company.Generate(new CompanyOptions { Seed = 42 });
        var company = Company.Generate(new CompanyOptions { Seed = 42, LaterChanges = [0, 20, 1] });

        company.At(4).Handbook.Render().ShouldBe(once.At(4).Handbook.Render());
        company.At(5).Handbook.Render().ShouldBe(once.At(5).Handbook.Render());
        Changed(5).ShouldBe(1);
        Changed(6).ShouldBe(0);
        Changed(7).ShouldBe(20);
        Changed(8).ShouldBe(1);
        company.At(9).Handbook.Render().ShouldBe(company.At(8).Handbook.Render());
        company.At(5).Strata.Values.Count(s => s == Stratum.Unseen).ShouldBe(2);
        company.At(7).Strata.Values.Count(s => s == Stratum.Changed).ShouldBe(20);
        company.At(7).Strata.Values.ShouldNotContain(Stratum.Unseen);

        var options = new TestMixOptions
        {
            FirstDay = 7,
            Days = 1,
            Tickets = 60,
            ChangedShare = 20 / 62.0,
        };
        var mix = TestMix.Draw(company, options);
        mix.ShouldAllBe(t => t.Ticket.Day == 7);
        mix.Count(t => t.Stratum == Stratum.Changed).ShouldBe(19);

        int Changed(int day) =>
            company
                .At(day)
                .Handbook.Rules.Count(r => company.At(day - 1).Handbook.Find(r.Id) is { } was && was.Entry != r.Entry);
    }
}
