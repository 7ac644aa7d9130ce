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
    public void shows_a_handbook_that_drifts()
    {
        var first = DistillerProcess.Run("opsdesk", "show").Output.Split('\n');
        var later = DistillerProcess.Run("opsdesk", "show", "--day", "6").Output.Split('\n');
        first.Length.ShouldBeGreaterThan(60);
        first.Except(later).Count().ShouldBe(1);
    }

    [TestCase(0)]
    [TestCase(3)]
    public void drifts_as_far_as_it_is_told(int rules)
    {
        string[] drift = ["--drift", $"{rules}"];
        var first = DistillerProcess.Run(["opsdesk", "show", .. drift]).Output.Split('\n');
        var later = DistillerProcess.Run(["opsdesk", "show", "--day", "6", .. drift]).Output.Split('\n');
        first.Except(later).Count().ShouldBe(rules);
    }

    [Test]
    public void a_count_out_of_range_is_wrong_usage()
    {
        using var folder = new TemporaryFolder();
        var result = DistillerProcess.Run("opsdesk", "generate", folder["logs.jsonl"], "--days", "0");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Error.ShouldContain("from 1 to 60");
    }
}
