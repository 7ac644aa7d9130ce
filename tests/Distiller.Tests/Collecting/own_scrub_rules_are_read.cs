using Distiller.Scrubbing;

namespace Distiller.Tests.Collecting;

internal sealed class own_scrub_rules_are_read
{
    private const string Good = """
        rules:
          - id: staff-number
            description: Numbers of our staff.
            type: own-staff
            near: [EMP-]
            pattern: 'EMP-[0-9]{6}'
            hides: ['«EMP-123456» was here']
            keeps: ['EMP-12 is none']
          - id: our-key
            description: Keys of our own service.
            type: api-key
            prefixes: [acme_live_]
            then: alnum
            least: 12
          - id: our-name
            description: What we call our secrets.
            type: secret
            names: [losung]
            value: any
          - id: our-tool
            description: What our tool is told.
            type: password
            commands: [acmectl]
            options: [--pw]
        """;

    [Test]
    public void they_stand_beside_the_shipped_ones()
    {
        using var folder = new TemporaryFolder();
        var rules = ScrubRules.With(Write(folder, Good));
        rules.All.Count.ShouldBe(ScrubRules.Default.All.Count + 4);
        new SecretScrubber(rules)
            .Scrub("EMP-123456 acme_live_abcdefgh1234 losung=waldweg acmectl login --pw geheim a@x.org")
            .ShouldBe("[own-staff-1] [api-key-1] losung=[secret-1] acmectl login --pw [password-1] [email-1]");
        new SecretScrubber().Scrub("EMP-123456").ShouldBe("EMP-123456");
        new SecretScrubber(rules).Scrub("[own-staff-1] EMP-123456").ShouldBe("[own-staff-1] [own-staff-1]");
    }

    [Test]
    public void shipped_ones_can_be_switched_off()
    {
        using var folder = new TemporaryFolder();
        var rules = ScrubRules.With(Write(folder, "without: [email]\n"));
        new SecretScrubber(rules).Scrub("a@x.org DB_PASS=waldweg").ShouldBe("a@x.org DB_PASS=[password-1]");
    }

    [TestCase("rules: []", 1, "rules")]
    [TestCase("without: [e-mail]", 1, "email")]
    [TestCase("rules:\n  - id: x1\n    description: X.\n    type: own-x\n", 2, "exactly one way")]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: mine\n    prefixes: [abc]\n    least: 9\n",
        4,
        "own-"
    )]
    [TestCase(
        "rules:\n  - id: email\n    description: X.\n    type: own-x\n    prefixes: [abc]\n    least: 9\n",
        2,
        "another name"
    )]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    near: [abc]\n    pattern: 'a(?=b)'\n",
        6,
        "look-around"
    )]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    near: [abc]\n    pattern: '(a'\n",
        6,
        "look-around"
    )]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    near: [ab]\n    pattern: 'ab+'\n",
        5,
        "every occurrence"
    )]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    prefixes: [abc]\n    least: nine\n",
        6,
        "whole number"
    )]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    prefixes: [abc]\n    least: 9\n    moist: 9\n",
        7,
        "most"
    )]
    [TestCase(
        "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    near: [abc]\n    pattern: 'abcd'\n    hides: ['«abce»']\n",
        2,
        "example"
    )]
    public void an_error_names_file_line_and_remedy(string yaml, int line, string remedy)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, yaml);
        var error = Should.Throw<BadInputException>(() => ScrubRules.With(path));
        error.Place.File.ShouldBe(path);
        error.Place.Line.ShouldBe(line);
        $"{error.Reason} {error.Remedy}".ShouldContain(remedy);
    }

    [Test]
    public void a_missing_file_is_told() =>
        Should
            .Throw<BadInputException>(() => ScrubRules.With("/none/rules.yaml"))
            .Message.ShouldContain("does not exist");

    [Test]
    public void an_expression_takes_linear_time_on_hostile_text()
    {
        using var folder = new TemporaryFolder();
        var rules = ScrubRules.With(
            Write(
                folder,
                "rules:\n  - id: x1\n    description: X.\n    type: own-x\n    near: [aaa]\n    pattern: '(a+)+b'\n"
            )
        );
        var (small, large) = (Cost(rules, 50_000), Cost(rules, 200_000));
        large.TotalSeconds.ShouldBeLessThan(Math.Max(small.TotalSeconds, 0.05) * 10);
    }

    private static TimeSpan Cost(ScrubRules rules, int length)
    {
        var text = new string('a', length);
        var before = Environment.CpuUsage.UserTime;
        new SecretScrubber(rules).Scrub(text);
        return Environment.CpuUsage.UserTime - before;
    }

    private static string Write(TemporaryFolder folder, string yaml)
    {
        File.WriteAllText(folder["rules.yaml"], yaml);
        return folder["rules.yaml"];
    }
}
