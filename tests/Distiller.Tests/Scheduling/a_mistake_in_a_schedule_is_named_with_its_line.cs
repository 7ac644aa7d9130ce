using System.Text;

namespace Distiller.Tests.Scheduling;

public sealed class a_mistake_in_a_schedule_is_named_with_its_line
{
    [TestCase("tenants:", "tenants: {", 2, "no YAML", "jobs/nightly.yaml")]
    [TestCase("tenants:", "tenant:", 1, "'tenants'", "entry for each tenant")]
    [TestCase(
        "    base: base.gguf\n    cron: \"30",
        "    bse: base.gguf\n    cron: \"30",
        2,
        "'base' is missing",
        "GGUF"
    )]
    [TestCase("    base: base.gguf\n    cron: \"30", "    base: no.gguf\n    cron: \"30", 4, "does not exist", "GGUF")]
    [TestCase("    retries: 5", "    retrys: 5", 11, "'retrys' is not known", "Did you mean 'retries'?")]
    [TestCase("    retries: 5", "    zzz: 5", 11, "'zzz' is not known", "Known here: base, cron")]
    [TestCase("    retries: 5", "    retries: many", 11, "'many' is no whole number", "from 0 to 20")]
    [TestCase("    retries: 5", "    retries: 21", 11, "21 is out of range", "from 0 to 20")]
    [TestCase("    retries: 5", "    retries: [5]", 11, "must be a text", "whole number")]
    [TestCase("    retries: 5", "    retries: 5\n    retries: 6", 12, "no YAML", "jobs/nightly.yaml")]
    [TestCase("retry-delay: 30s", "retry-delay: 30", 12, "'30' is no time", "30s")]
    [TestCase("retry-delay: 30s", "retry-delay: 25h", 12, "25h is out of range", "1s to 24h")]
    [TestCase("rank: 16", "rank: 513", 14, "513 is out of range", "1 to 512")]
    [TestCase("rank: 16", "rnak: 16", 14, "'rnak' is not known", "'rank'")]
    [TestCase("rank: 16", "rank: 1.5", 14, "no whole number", "whole number")]
    [TestCase("split: time", "split: luck", 15, "'luck'", "hash or time")]
    [TestCase("raw-episodes-days: 30", "raw-episodes-days: 0", 16, "0 is out of range", "from 1 to 36500")]
    [TestCase("\"30 1 * * *\"", "\"61 1 * * *\"", 5, "no cron expression", "crontab")]
    [TestCase("\"30 1 * * *\"", "\"30 1 * *\"", 5, "no cron expression", "crontab")]
    [TestCase("\"30 1 * * *\"", "nightly", 5, "no cron expression", "crontab")]
    [TestCase("\"30 1 * * *\"", "\"* * 1 * * ?\"", 5, "several times a minute", "seconds")]
    [TestCase("\"30 1 * * *\"", "\"0 0 1 1 1 ? 2020\"", 5, "never due again", "crontab")]
    [TestCase("Europe/Berlin", "Europe/Berln", 6, "'Europe/Berln' is not known", "Did you mean 'Europe/Berlin'?")]
    [TestCase("Europe/Berlin", "../../etc/passwd", 6, "is not known", "IANA")]
    [TestCase("from: \"22:00\"", "from: \"25:00\"", 8, "'25:00' is no time", "00:00 to 24:00")]
    [TestCase("from: \"22:00\"", "from: \"24:00\"", 8, "cannot begin at 24:00", "00:00")]
    [TestCase("from: \"22:00\"", "from: \"22:60\"", 8, "'22:60' is no time", "00:00 to 24:00")]
    [TestCase("from: \"22:00\"", "from: 22", 8, "'22' is no time", "00:00 to 24:00")]
    [TestCase("from: \"22:00\"", "from: \"06:00\"", 8, "never opens", "24:00")]
    [TestCase("from: \"22:00\", to", "form: \"22:00\", to", 8, "'from' is missing", "22:00")]
    [TestCase("days: mon-fri", "days: mon-fry", 8, "no day of the week", "mon-fri")]
    [TestCase("days: mon-fri", "days: []", 8, "'days' is empty", "mon-fri")]
    [TestCase("[2026-12-24 to 2026-12-26, ", "[sat, sunday, ", 9, "never opens", "other days")]
    [TestCase("[2026-12-24 to 2026-12-26, ", "[mon-sun, ", 10, "no window ever opens", "Leave a day")]
    [TestCase("2026-12-31]", "2026-13-31]", 10, "'2026-13-31'", "2026-12-24")]
    [TestCase("2026-12-24 to 2026-12-26", "2026-12-24 to 2026-12-20", 10, "ends before it begins", "2026-12-24")]
    [TestCase("name: south", "name: north", 18, "there is a tenant 'north' already", "own name")]
    [TestCase("name: south", "name: North", 18, "there is a tenant 'north' already", "own name")]
    [TestCase("name: south", "name: ../south", 18, "'../south' cannot be", "folder")]
    [TestCase("name: south", "name: ..", 18, "'..' cannot be", "folder")]
    [TestCase("name: south", "name: \"so\\nuth\"", 18, "must be a text", "folder")]
    [TestCase("name: south", "name: south\n    home: ./tenants/north/", 19, "'north' has the workspace", "of its own")]
    [TestCase("name: south", "name: south\n    home: .serve/south", 19, "'.serve'", "another folder")]
    [TestCase(
        "name: south",
        "name: south\n    registry: tenants/north/adapters",
        19,
        "'north' has the releases",
        "lineages"
    )]
    [TestCase("https://example.org/hook", "ftp://example.org", 23, "not an http or https URL", "https://")]
    [TestCase("on-gate: false", "on-gate: sometimes", 24, "not understood", "true or false")]
    public void and_with_what_to_do(string from, string to, int line, string reason, string remedy)
    {
        using var folder = new Schedules();
        var yaml = Schedules.Yaml.Replace(from, to, StringComparison.Ordinal);
        yaml.ShouldNotBe(Schedules.Yaml);

        var error = Should.Throw<BadInputException>(() => folder.Read(yaml));

        error.Place.File.ShouldBe(folder.Path);
        error.Reason.ShouldContain(reason);
        error.Remedy.ShouldContain(remedy);
        error.Place.Line.ShouldBe(line, error.Message);
    }

    [TestCase("retries: 5", "retrys: 5", 11, 5)]
    [TestCase("retries: 5", "retries: many", 11, 14)]
    [TestCase("from: \"22:00\"", "from: \"25:00\"", 8, 17)]
    [TestCase("tenants:", "tenants: {", 2, 3)]
    public void and_its_column(string from, string to, int line, int column)
    {
        using var folder = new Schedules();

        var error = Should.Throw<BadInputException>(() =>
            folder.Read(Schedules.Yaml.Replace(from, to, StringComparison.Ordinal))
        );

        error.Place.ShouldBe(new SourceLocation(folder.Path, line) { Column = column });
        error.Message.ShouldStartWith($"{folder.Path}:{line}:{column}: ");
    }

    [TestCase("")]
    [TestCase("- 1")]
    [TestCase("tenants: []")]
    [TestCase("tenants: [1]")]
    [TestCase("tenants: &a [*a]")]
    [TestCase("tenants:\n  - { name: [a, b] }")]
    [TestCase("\u0000\u0001")]
    public void what_is_no_schedule_is_refused(string yaml)
    {
        using var folder = new Schedules();

        Should.Throw<BadInputException>(() => folder.Read(yaml)).Place.File.ShouldBe(folder.Path);
    }

    [Test]
    public void excluded_days_without_windows_are_a_mistake()
    {
        using var folder = new Schedules();
        var yaml = Schedules.Yaml.Replace("name: south", "name: south\n    except: [sat]", StringComparison.Ordinal);

        Should.Throw<BadInputException>(() => folder.Read(yaml)).Reason.ShouldContain("from no window");
    }

    [Test]
    public void nesting_and_aliases_without_end_are_refused_and_not_followed()
    {
        using var folder = new Schedules();
        var bomb = new StringBuilder("a: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (var i = 1; i < 9; i++)
        {
            bomb.Append($"b{i}: &a{i} [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 10)).Append("]\n");
        }

        var yaml = bomb + Schedules.Yaml.Replace("trial: {", "trial: { b: *a8,", StringComparison.Ordinal);

        Should.Throw<BadInputException>(() => folder.Read(yaml)).Reason.ShouldContain("too large");
        Should
            .Throw<BadInputException>(() => folder.Read("tenants: " + new string('[', 200_000)))
            .Reason.ShouldContain("levels deep");
    }
}
