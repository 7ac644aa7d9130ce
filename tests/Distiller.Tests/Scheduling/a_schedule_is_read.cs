using Distiller.Core.Settings;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Mining.Splitting;

namespace Distiller.Tests.Scheduling;

public sealed class a_schedule_is_read
{
    [Test]
    public void with_all_that_it_says()
    {
        using var folder = new Schedules();

        var schedule = folder.Read(Schedules.Yaml);

        schedule.Warnings.ShouldBeEmpty();
        schedule.Tenants.Select(t => t.Name).ShouldBe(["north", "south"]);
        var north = schedule.Tenants[0];
        north.Home.ShouldBe(folder["root/tenants/north"]);
        north.Registry.ShouldBe(folder["root/tenants/north/adapters"]);
        north.Logs.ShouldBe([folder["logs"], folder["more.jsonl"]]);
        north.Cron.ShouldBe("0 30 1 * * ?");
        north.When.ShouldBe("01:30 every day, Europe/Berlin");
        north
            .Windows.ToString()
            .ShouldBe(
                "22:00 to 06:00 on Mon-Fri, 00:00 to 24:00 on Sat, Sun, not on 2026-12-24 to 2026-12-26, 2026-12-31"
            );
        north.Retries.ShouldBe(5);
        north.RetryDelay.ShouldBe(TimeSpan.FromSeconds(30));
        north.Settings.BasePath.ShouldBe(folder["base.gguf"]);
        north.Settings.Training.Rank.ShouldBe(16);
        north.Settings.Mining.Split.Method.ShouldBe(SplitMethod.Time);
        north.Retention.ShouldBe(new RetentionSettings(30, 14));
        north
            .Trial.ShouldNotBeNull()
            .GetRawText()
            .ShouldBe("""{"opsdesk":{"test-tickets":150,"margin":0.05,"each-night":true}}""");
        schedule.Alerts.ShouldBe(new AlertSettings(new Uri("https://example.org/hook")) { OnGate = false });
    }

    [Test]
    public void and_what_it_leaves_out_has_a_default()
    {
        using var folder = new Schedules();

        var south = folder.Read(Schedules.Yaml).Tenants[1];

        south.Cron.ShouldBe("0 15 3 ? * MON-FRI");
        south.When.ShouldBe("03:15 on Mon-Fri, UTC");
        south.Zone.ShouldBe(TimeZoneInfo.Utc);
        south.Windows.IsAlways.ShouldBeTrue();
        south.Windows.ToString().ShouldBeEmpty();
        south.Retries.ShouldBe(3);
        south.RetryDelay.ShouldBe(TimeSpan.FromMinutes(1));
        south.Settings.Training.Rank.ShouldBe(32);
        south.Retention.ShouldBeNull();
        south.Trial.ShouldBeNull();
    }

    [Test]
    public void rules_of_ones_own_are_files_beside_the_schedule()
    {
        using var folder = new Schedules();
        var root = Path.GetDirectoryName(Path.GetFullPath(folder.Path))!;
        File.WriteAllText(Path.Combine(root, "hide.yaml"), "without: [openai-key]\n");
        File.WriteAllText(Path.Combine(root, "ends.yaml"), "failures: ['kaputt']\n");
        const string rules = "{ scrub-rules: hide.yaml, outcome-rules: ends.yaml }";
        var yaml = Schedules.Yaml.Replace(
            "name: south",
            $"name: south\n    settings: {rules}",
            StringComparison.Ordinal
        );

        var settings = folder.Read(yaml).Tenants[1].Settings;

        settings.ScrubRules.ShouldBe(Path.Combine(root, "hide.yaml"));
        settings.OutcomeRules.ShouldBe(Path.Combine(root, "ends.yaml"));
        File.Delete(settings.OutcomeRules!);
        Should.Throw<BadInputException>(() => folder.Read(yaml)).Place.File.ShouldBe(settings.OutcomeRules);
    }

    [Test]
    public void every_setting_of_a_night_can_be_written()
    {
        const string All =
            "{ seed: 1, system: s, newest-days: 2, holdout: 0.3, split: time, similarity: 0.5, min-support: 4, "
            + "max-sequence: 128, max-train-tokens: 5, epochs: 6, rank: 7, alpha: 8.5, learning-rate: 1e-4, "
            + "tokens-per-step: 9, tokens-per-pass: 14, max-holdout-tokens: 10, tool-steps: 11, min-holdout-tasks: 13, threads: 12, device: cuda:0, precision: bf16, objective: context-distillation, study-share: 0.25, study-requests: 15, study-reading: 0.5, cross-entropy-share: 0.75, teacher-tokens: 16, labels: measured, stand-days: 5, "
            + "rank-stabilized: true, init: pissa, targets: attn_q, dropout: 0.1, lora-plus-ratio: 16, activation-checkpointing: true, validate-every: 15, validation-tokens: 100, patience: 3 }";
        using var folder = new Schedules();

        var settings = folder
            .Read(Schedules.Yaml.Replace("name: south", $"name: south\n    settings: {All}", StringComparison.Ordinal))
            .Tenants[1]
            .Settings;

        var defaults = new NightSettings { BasePath = "" };
        // Which objectives there are is known at run time only; a_setting_stands_once gives it another value if there is one.
        // Files have to be there: rules_of_ones_own_are_files gives some.
        string[] others = ["objective", "scrub-rules", "outcome-rules", "repository", "context", "embedder"];
        foreach (var setting in Setting.Of(typeof(NightSettings)).Where(s => !others.Contains(s.Name)))
        {
            setting.ValueOf(settings).ShouldNotBe(setting.ValueOf(defaults), setting.Name);
        }

        settings.Training.LearningRate.ShouldBe(1e-4);
        settings.Device.ShouldBe("cuda:0");
    }

    [TestCase("30 1 * * *", "0 30 1 * * ?", "2026-11-23T01:30")]
    [TestCase("30 1 * * 1", "0 30 1 ? * MON", "2026-11-23T01:30")]
    [TestCase("30 1 * * 0", "0 30 1 ? * SUN", "2026-11-29T01:30")]
    [TestCase("30 1 * * 7", "0 30 1 ? * SUN", "2026-11-29T01:30")]
    [TestCase("0 22 * * 1-5", "0 0 22 ? * MON-FRI", "2026-11-23T22:00")]
    [TestCase("0 */6 * * *", "0 0 */6 * * ?", "2026-11-22T18:00")]
    [TestCase("0 15 3 L * ?", "0 15 3 L * ?", "2026-11-30T03:15")]
    public void crontab_and_quartz_mean_what_they_mean_elsewhere(string written, string cron, string due)
    {
        using var folder = new Schedules();

        var tenant = folder
            .Read(Schedules.Yaml.Replace("0 15 3 ? * MON-FRI", $"\"{written}\"", StringComparison.Ordinal))
            .Tenants[1];

        tenant.Cron.ShouldBe(cron);
        tenant
            .DueAfter(Schedules.Now)
            .ShouldBe(DateTimeOffset.Parse(due + "Z", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Test]
    public void the_nights_to_come_wait_for_their_windows()
    {
        using var folder = new Schedules();

        // 2026-12-23 is a Wednesday: its window goes on into the excluded Thursday, and Saturday's is excluded.
        var nights = folder
            .Read(Schedules.Yaml)
            .Tenants[0]
            .NightsAfter(new DateTimeOffset(2026, 12, 23, 12, 0, 0, TimeSpan.Zero))
            .Take(2)
            .ToList();

        var hour = TimeSpan.FromHours(1);
        nights[0]
            .ShouldBe(
                new PlannedNight(
                    new DateTimeOffset(2026, 12, 24, 1, 30, 0, hour),
                    new DateTimeOffset(2026, 12, 24, 1, 30, 0, hour),
                    new DateTimeOffset(2026, 12, 24, 6, 0, 0, hour)
                )
            );
        nights[1]
            .ShouldBe(
                new PlannedNight(
                    new DateTimeOffset(2026, 12, 25, 1, 30, 0, hour),
                    new DateTimeOffset(2026, 12, 27, 0, 0, 0, hour),
                    new DateTimeOffset(2026, 12, 28, 0, 0, 0, hour)
                )
            );
    }

    [Test]
    public void the_example_that_is_shipped_can_be_used()
    {
        using var root = new TemporaryFolder();

        var schedule = NightScheduleFile.Read(
            Path.Combine(Repository.Root, "jobs", "nightly.yaml"),
            root.Path,
            new FakeTimeProvider(Schedules.Now)
        );

        schedule.Warnings.ShouldBeEmpty();
        schedule.Tenants.ShouldHaveSingleItem().Windows.IsAlways.ShouldBeFalse();
    }

    [Test]
    public void what_is_hardly_meant_is_told_with_its_line()
    {
        using var folder = new Schedules();

        var late = folder.Read(
            Schedules
                .Yaml.Replace("30 1 * * *", "30 7 * * *", StringComparison.Ordinal)
                .Replace("days: [sat, sun]", "days: [sun]", StringComparison.Ordinal)
                .Replace("from: \"00:00\", to: \"24:00\"", "from: \"22:00\", to: \"24:00\"", StringComparison.Ordinal)
        );
        late.Warnings.ShouldHaveSingleItem()
            .ShouldStartWith($"{folder.Path}:5:11: a night that is due at 07:30 every day");
        late.Warnings[0].ShouldContain("14.5 hours");

        var absent = folder.Read(Schedules.Yaml.Replace("more.jsonl", "none.jsonl", StringComparison.Ordinal));
        absent.Warnings.ShouldHaveSingleItem().ShouldStartWith($"{folder.Path}:3:18: '{folder["none.jsonl"]}'");
    }

    [Test]
    public void a_night_due_shortly_before_its_window_is_meant()
    {
        using var folder = new Schedules();

        folder
            .Read(Schedules.Yaml.Replace("30 1 * * *", "30 20 * * *", StringComparison.Ordinal))
            .Warnings.ShouldBeEmpty();
    }
}
