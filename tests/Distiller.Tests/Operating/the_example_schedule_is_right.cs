using System.Text.RegularExpressions;
using Distiller.Jobs.Scheduling;
using Distiller.Opsdesk.Nights;
using Distiller.Tests.Scheduling;

namespace Distiller.Tests.Operating;

public sealed partial class the_example_schedule_is_right
{
    [Test]
    public void also_where_it_is_only_a_comment()
    {
        using var folder = new TemporaryFolder();
        foreach (var path in new[] { "jobs/nightly.yaml", "data/models/tiny/tiny.gguf", "data/samples/log.jsonl" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllText(folder[path], "");
        }

        var text = File.ReadAllText(Path.Combine(Repository.Root, "jobs", "nightly.yaml"));
        Remark().Count(text).ShouldBe(7, "home, registry, trial and the alerts");
        File.WriteAllText(folder["jobs/nightly.yaml"], Remark().Replace(text, "${indent}${line}"));

        var schedule = NightScheduleFile.Read(
            folder["jobs/nightly.yaml"],
            folder["home"],
            new FakeTimeProvider(Schedules.Now)
        );
        schedule.Warnings.ShouldBeEmpty();
        schedule.Alerts!.Webhook.Host.ShouldBe("chat.example.org");
        var tenant = schedule.Tenants.Single();
        tenant.Home.ShouldBe(folder["home/tenants/helpdesk"]);
        tenant.Retention.ShouldBe(new RetentionSettings(90, 30));
        DeskTrial.Read(tenant.Trial!.Value).TestTickets.ShouldBe(150);
    }

    [TestCase("tickets: 150", "'tickets'")]
    [TestCase("test-tickets: many", "'test-tickets': 'many' is no whole number")]
    [TestCase("test-tickets: 0", "'test-tickets': 0 is out of range")]
    [TestCase("margin: 2", "'margin': 2 is out of range")]
    [TestCase("later-drifts: [1, 61]", "'later-drifts': 1,61 is out of range")]
    public void and_a_trial_that_is_not_understood_is_told_with_its_line(string wrong, string told)
    {
        const string Trial = "trial: { opsdesk: { test-tickets: 150, margin: 0.05, each-night: true } }";
        using var files = new Schedules();
        var yaml = Schedules.Yaml.Replace(
            Trial,
            $"trial:\n      opsdesk:\n        days: 5\n        {wrong}\n        each-night: true",
            StringComparison.Ordinal
        );
        var line = 1 + yaml.Split('\n').Index().Single(l => l.Item.Trim() == wrong).Index;
        var refused = Should.Throw<BadInputException>(() => files.Read(yaml, t => DeskTrial.Read(t)));
        refused.Reason.ShouldContain(told);
        (refused.Place.File, refused.Place.Line).ShouldBe((files.Path, line));
        files.Read(yaml).Tenants.Count.ShouldBe(2, "only whoever knows trials can tell");
    }

    [GeneratedRegex(
        @"^(?<indent> *)# (?<line>(home|registry|trial|alerts|  webhook|  on-failure|  on-gate):.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex Remark();
}
