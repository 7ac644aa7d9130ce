using System.Text.RegularExpressions;
using Distiller.Cli.Desk;
using Distiller.Jobs.Scheduling;
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
            new StoppedClock(Schedules.Now)
        );
        schedule.Warnings.ShouldBeEmpty();
        schedule.Alerts!.Webhook.Host.ShouldBe("chat.example.org");
        var tenant = schedule.Tenants.Single();
        tenant.Home.ShouldBe(folder["home/tenants/helpdesk"]);
        tenant.Retention.ShouldBe(new RetentionSettings(90, 30));
        DeskTrial.Read(tenant.Trial!.Value).TestTickets.ShouldBe(150);
    }

    [Test]
    public void and_a_trial_that_is_not_understood_is_told_before_the_night()
    {
        using var files = new Schedules();
        var unknown = Schedules.Yaml.Replace("test-tickets", "tickets", StringComparison.Ordinal);
        var schedule = files.Read(unknown);
        Should.Throw<BadInputException>(() => DeskTrial.Check(schedule, files.Path)).Message.ShouldContain("north");
        DeskTrial.Check(schedule with { Tenants = [schedule.Tenants[1]] }, files.Path).Tenants.Count.ShouldBe(1);
    }

    [GeneratedRegex(
        @"^(?<indent> *)# (?<line>(home|registry|trial|alerts|  webhook|  on-failure|  on-gate):.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex Remark();
}
