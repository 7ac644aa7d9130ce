namespace Distiller.Tests.CommandLine;

internal sealed class the_sample_company
{
    [Test]
    public void leaves_logs_that_collect_reads_whole()
    {
        using var folder = new TemporaryFolder();
        var made = DistillerProcess.Run([
            "opsdesk",
            "generate",
            folder["logs.jsonl"],
            "--days",
            "2",
            "--tickets",
            "20",
            "--error-rate",
            "0.5",
            "--json",
        ]);
        made.ExitCode.ShouldBe(0, made.ToString());
        ((int)made.Json["episodes"]!).ShouldBe(40);
        var collected = DistillerProcess.Run("collect", folder["logs.jsonl"], "--home", folder["home"], "--json");
        collected.ExitCode.ShouldBe(0, collected.ToString());
        ((int)collected.Json["stored"]!).ShouldBe(40);
        using var workspace = Lake.Workspace.OpenReadOnly(folder["home"]);
        var outcomes = workspace.Episodes.Read().Select(e => e.Outcome.Kind).ToList();
        outcomes.ShouldContain(OutcomeKind.Succeeded);
        outcomes.ShouldContain(OutcomeKind.Failed);
    }

    [Test]
    public void shows_what_it_has_and_how_its_people_write()
    {
        var shown = DistillerProcess.Run("opsdesk", "show", "--company", "7", "--tickets", "3", "--json");
        shown.ExitCode.ShouldBe(0, shown.ToString());
        ((long)shown.Json["seed"]!).ShouldBe(7);
        foreach (var list in new[] { "services", "hosts", "accounts", "queues", "onCall" })
        {
            shown.Json[list]!.AsArray().Count.ShouldBeGreaterThan(4, list);
        }

        shown.Json["tools"]!.AsArray().Count.ShouldBe(8);
        var rules = shown.Json["rules"]!.AsArray();
        rules.Count.ShouldBe(60);
        rules.ShouldAllBe(r => r!["phrasings"]!.AsArray().Count >= 3);
        var people = DistillerProcess.Run("opsdesk", "show", "--company", "7", "--tickets", "3").Output;
        Entries(people).ShouldBe(rules.Select(r => (string)r!["entry"]!));
        foreach (var ticket in shown.Json["tickets"]!.AsArray())
        {
            people.ShouldContain((string)ticket!["text"]!);
            rules.ShouldContain(r => (string)r!["id"]! == (string)ticket!["rule"]!);
        }
    }

    [Test]
    public void has_as_many_rules_as_it_is_told_within_sixty_and_eighty()
    {
        Entries(DistillerProcess.Run("opsdesk", "show", "--rules", "80").Output).Count.ShouldBe(80);
        foreach (var rules in new[] { "59", "81" })
        {
            var refused = DistillerProcess.Run("opsdesk", "show", "--rules", rules);
            refused.ExitCode.ShouldBe(2, refused.ToString());
            refused.Error.ShouldContain("from 60 to 80");
        }
    }

    [TestCase(0, 5, 6)]
    [TestCase(1, 5, 6)]
    [TestCase(3, 2, 2)]
    public void drifts_as_far_and_as_late_as_it_is_told(int rules, int days, int day)
    {
        string[] drift = ["--drift", $"{rules}", "--days", $"{days}"];
        var first = Entries(DistillerProcess.Run(["opsdesk", "show", .. drift]).Output);
        var eve = Entries(DistillerProcess.Run(["opsdesk", "show", "--day", $"{days - 1}", .. drift]).Output);
        var later = Entries(DistillerProcess.Run(["opsdesk", "show", "--day", $"{day}", .. drift]).Output);
        eve.ShouldBe(first);
        first.Except(later).Count().ShouldBe(rules);
        later.Count.ShouldBe(62);
    }

    private static List<string> Entries(string output) =>
        [.. output.Split('\n').Select(l => l.TrimEnd()).Where(l => l.StartsWith("* ", StringComparison.Ordinal))];

    [Test]
    public void a_count_out_of_range_is_wrong_usage()
    {
        using var folder = new TemporaryFolder();
        var result = DistillerProcess.Run("opsdesk", "generate", folder["logs.jsonl"], "--days", "0");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Error.ShouldContain("from 1 to 60");
    }
}
