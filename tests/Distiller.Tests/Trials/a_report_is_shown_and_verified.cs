using System.Text.Json.Nodes;
using Distiller.Evaluation;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Tests.Trials;

public sealed class a_report_is_shown_and_verified
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void figures_that_follow_from_the_rows_hold()
    {
        new PlausibleTrial { Tasks = 40 }.Write(_folder["trial"]);

        var result = Verify(_folder["trial"]);

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("every figure of trial.json follows from the rows");
    }

    [Test]
    public void a_row_that_was_changed_is_1_and_names_the_figure_and_both_values()
    {
        var summary = new PlausibleTrial { Tasks = 40 }.Write(_folder["trial"]);
        var rows = TrialFolder.ReadRows(_folder["trial"]).ToArray();
        var at = Array.FindIndex(rows, r => r is { Arm: "A4", Solved: false });
        rows[at] = rows[at] with { Solved = true, Reason = "" };
        ParquetTable.Write(Path.Combine(_folder["trial"], TrialFolder.RowsName), rows);

        var result = Verify(_folder["trial"], "--json");

        result.ExitCode.ShouldBe(1, result.ToString());
        var solved = result.Json[0]!["mismatches"]!
            .AsArray()
            .Single(m => (string)m!["figure"]! == "figures.arms[4].solved")!;
        ((string)solved["stated"]!).ShouldBe($"{summary.Figures.Arms[4].Solved}");
        ((string)solved["recomputed"]!).ShouldBe($"{summary.Figures.Arms[4].Solved + 1}");
    }

    [Test]
    public void a_figure_that_was_changed_is_1_and_named()
    {
        new PlausibleTrial { Tasks = 40 }.Write(_folder["trial"]);
        var path = Path.Combine(_folder["trial"], TrialFolder.SummaryName);
        File.WriteAllText(
            path,
            File.ReadAllText(path)
                .Replace("\"amortisedTasks\": 10000", "\"amortisedTasks\": 90000", StringComparison.Ordinal)
        );

        var result = Verify(_folder["trial"]);

        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("figures.arms[3].costs[0].trainingPerTask");
    }

    [TestCase(TrialFolder.SummaryName)]
    [TestCase(TrialFolder.RowsName)]
    [TestCase(TrialFolder.RequestsName)]
    [TestCase(TrialFolder.PricesName)]
    public void a_file_that_cannot_be_read_is_3_and_named(string name)
    {
        new PlausibleTrial { Tasks = 10 }.Write(_folder["trial"]);
        File.WriteAllText(Path.Combine(_folder["trial"], name), "[1");

        var result = Verify(_folder["trial"]);

        result.ExitCode.ShouldBe(3, result.ToString());
        result.Error.ShouldContain(name);
        result.Error.ShouldContain("remedy:");
    }

    [Test]
    public void where_there_is_nothing_to_verify_or_show_is_3()
    {
        Directory.CreateDirectory(_folder["home"]);

        Verify(_folder["home"]).ExitCode.ShouldBe(3);
        DistillerProcess.Run("report", "verify", "--home", _folder["home"]).ExitCode.ShouldBe(3);
        DistillerProcess.Run("report", "show", "--home", _folder["home"]).ExitCode.ShouldBe(3);
        DistillerProcess.Run("report", "show", "--home", _folder["none"]).ExitCode.ShouldBe(3);
    }

    [Test]
    public void other_programs_are_given_arms_verdict_and_intervals()
    {
        Publish(seed: 1, new PlausibleTrial { Tasks = 20, Before = 0 });
        var newest = Publish(seed: 2, new PlausibleTrial { Tasks = 40, Control = 0 });

        var result = DistillerProcess.Run("report", "show", "--home", _folder["home"], "--json");

        result.ExitCode.ShouldBe(0, result.ToString());
        var root = result.Json.AsObject();
        root.Select(m => m.Key)
            .ShouldBe([
                "arms",
                "verdict",
                "claim",
                "claimVerdict",
                "margin",
                "published",
                "refusals",
                "plan",
                "price",
                "intervals",
            ]);
        var arms = root["arms"]!.AsArray();
        arms.Count.ShouldBe(5);
        foreach (var (shown, arm) in arms.Select(a => a!.AsObject()).Zip(newest.Figures.Arms))
        {
            shown
                .Select(m => m.Key)
                .ShouldBe([
                    "arm",
                    "name",
                    "tasks",
                    "solved",
                    "tokensPerTask",
                    "tokensPerSolvedTask",
                    "costPerSolvedTask",
                ]);
            ((string)shown["arm"]!).ShouldBe(arm.Arm);
            ((string)shown["name"]!).ShouldBe(TrialArm.TitleOf(arm.Arm));
            ((int)shown["tasks"]!).ShouldBe(40);
            ((int)shown["solved"]!).ShouldBe(arm.Solved);
            ((double)shown["tokensPerTask"]!).ShouldBe(arm.TokensPerTask.Mean);
            ((double?)shown["tokensPerSolvedTask"]).ShouldBe(arm.TokensPerSolvedTask);
            ((double?)shown["costPerSolvedTask"]).ShouldBe(arm.Costs[0].PerSolvedTask);
        }

        arms[0]!["costPerSolvedTask"].ShouldBeNull();
        ((string)root["verdict"]!).ShouldBe(TrialJudge.Name(newest.Figures.Verdict!.Value));
        ((string)root["plan"]!["arm"]!).ShouldBe(newest.Figures.Plan!.Arm);
        root["intervals"]!
            .AsObject()
            .Select(m => m.Key)
            .ShouldBe(["successDifference", "tokensPerSolvedTaskRatio", "costPerSolvedTaskRatio"]);
        var interval = newest.Figures.Comparisons[0].TokensPerSolvedTask!.Interval!.Value;
        ((double)root["intervals"]!["tokensPerSolvedTaskRatio"]!["interval"]!["high"]!).ShouldBe(interval.High);
        // What decides is the wider of two intervals; whoever reads one must come to the same verdict.
        var claim = newest.Figures.Comparisons[0];
        claim.SuccessDifference.Interval!.Value.ShouldNotBe(claim.SuccessInterval);
        var success = root["intervals"]!["successDifference"]!["interval"]!;
        ((double)success["low"]!).ShouldBe(claim.SuccessInterval.Low);
        ((double)success["high"]!).ShouldBe(claim.SuccessInterval.High);
    }

    [Test]
    public void people_are_given_a_table_and_where_the_page_is()
    {
        Publish(seed: 1, new PlausibleTrial { Tasks = 40 });

        var result = DistillerProcess.Run("report", "show", "--home", _folder["home"]);

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("A3");
        result.Output.ShouldContain("report.html");
        DistillerProcess.Run("report", "verify", "--home", _folder["home"]).ExitCode.ShouldBe(0);
    }

    private TrialSummary Publish(long seed, PlausibleTrial trial)
    {
        using var workspace = Workspace.Open(_folder["home"]);
        var draft = workspace.Artifacts.Begin(
            ArtifactKind.Trial,
            new ArtifactRecipe("trial", "1", new JsonObject(), seed, ["beef"])
        );
        var summary = trial.Write(draft.Folder);
        File.WriteAllText(draft[EvaluateStage.ReportFile], "<!doctype html><title>Report</title>");
        draft.Commit();
        return summary;
    }

    private static CommandResult Verify(string folder, params string[] more) =>
        DistillerProcess.Run(["report", "verify", folder, .. more]);
}
