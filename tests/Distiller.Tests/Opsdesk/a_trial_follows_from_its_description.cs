using System.Text.Json;
using Distiller.Jobs;
using Distiller.Opsdesk;
using Distiller.Opsdesk.Nights;

namespace Distiller.Tests.Opsdesk;

public sealed class a_trial_follows_from_its_description
{
    private static readonly string Prices = Path.Combine(Repository.Root, "data", "prices.yaml");
    private static readonly NightSettings Settings = new() { BasePath = "base.gguf" };

    [TestCase(1, 1)]
    [TestCase(2, 3)]
    [TestCase(3, 20)]
    public void each_night_is_tried_on_the_day_that_begins_with_it_and_on_no_other(int day, int changed)
    {
        var trial = Week();
        var company = trial.Generate();
        var tasks = trial.Compose(Settings, Day(company, day), Prices).Tasks;
        tasks.Tasks.Count.ShouldBe(60);
        var handbook = DeskPrompt.Verbose(company.At(day).Handbook);
        tasks.Tasks.ShouldAllBe(t => tasks.VerboseSystem(t) == handbook);
        tasks.Tasks.Count(t => t.Stratum == "changed").ShouldBeInRange(changed - 1, changed + 1);
    }

    [Test]
    public void another_night_has_other_tickets_and_the_same_night_has_the_same()
    {
        var trial = Week();
        var company = trial.Generate();
        string Hash(int day) => trial.Compose(Settings, Day(company, day), Prices).Tasks.Sha256;
        Hash(2).ShouldBe(Hash(2));
        Hash(2).ShouldNotBe(Hash(3));
    }

    [Test]
    public void a_night_before_the_company_was_there_is_refused_with_the_first_day_of_tests()
    {
        var trial = Week();
        var early = Day(trial.Generate(), 0);
        var refused = Should.Throw<BadInputException>(() => trial.Compose(Settings, early, Prices));
        refused.Message.ShouldContain("2026-01-06");
        refused.Remedy.ShouldContain("each-night");
    }

    [Test]
    public void a_trial_that_is_not_for_each_night_asks_for_no_day()
    {
        var trial = new DeskTrial { TestTickets = 30 };
        string Hash(int year) => trial.Compose(Settings, new DateOnly(year, 1, 1), Prices).Tasks.Sha256;
        Hash(2025).ShouldBe(Hash(2030));
    }

    [Test]
    public void its_keys_are_in_kebab_case_and_what_is_left_out_is_as_usual()
    {
        var trial = Read("""{"opsdesk":{"test-tickets":7,"max-output":9,"later-drifts":[2,20],"each-night":true}}""");
        trial.TestTickets.ShouldBe(7);
        trial.Options.MaxOutputTokens.ShouldBe(9);
        trial.LaterDrifts.ShouldBe([2, 20]);
        trial.EachNight.ShouldBeTrue();
        trial.Company.ShouldBe(42);
        trial.Options.Margin.ShouldBe(0.03);
    }

    [Test]
    public void what_is_written_down_is_read_again()
    {
        var written = Week().Describe();
        written.GetRawText().ShouldContain("\"test-tickets\":60");
        DeskTrial.Read(written).Describe().GetRawText().ShouldBe(written.GetRawText());
    }

    [TestCase("""{"opsdesk":{"tickets":7}}""", "trial.opsdesk.tickets", "test-tickets")]
    [TestCase("""{"opsdesk":{"testTickets":7}}""", "trial.opsdesk.testTickets", "Did you mean 'test-tickets'?")]
    [TestCase("""{"opsdesk":{"test-tickets":"many"}}""", "trial.opsdesk.test-tickets", "a whole number")]
    [TestCase("""{"opsdesk":{"test-tickets":null}}""", "trial.opsdesk.test-tickets", "a whole number")]
    [TestCase("""{"opsdesk":{},"helpdesk":{}}""", "trial.helpdesk", "test-tickets")]
    [TestCase("""{"opsdesk":null}""", "trial", "test-tickets")]
    [TestCase("""{"opsdesk":{"rules":81}}""", "trial.opsdesk.rules", "from 60 to 80")]
    [TestCase("""{"opsdesk":{"later-drifts":[2,61]}}""", "trial.opsdesk.later-drifts", "from 0 to 60")]
    [TestCase("[]", "trial", "test-tickets")]
    public void what_is_not_known_is_refused_by_name(string described, string place, string remedy)
    {
        var refused = Should.Throw<BadInputException>(() => Read(described));
        refused.Place.ShouldBe(SourceLocation.Option(place));
        refused.Remedy.ShouldContain(remedy);
    }

    /// <summary>Three nights, before each of which more of the handbook changes.</summary>
    private static DeskTrial Week() =>
        new()
        {
            Days = 1,
            TestTickets = 60,
            LaterDrifts = [3, 20],
            EachNight = true,
        };

    private static DateOnly Day(Company company, int day) =>
        DateOnly.FromDateTime(company.Options.Start.UtcDateTime).AddDays(day);

    private static DeskTrial Read(string described) =>
        DeskTrial.Read(JsonSerializer.Deserialize<JsonElement>(described));
}
