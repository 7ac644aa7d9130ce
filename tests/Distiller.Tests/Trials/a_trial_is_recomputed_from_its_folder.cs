using System.Text.Json;
using Distiller.Evaluation;
using Distiller.Lake;

namespace Distiller.Tests.Trials;

public sealed class a_trial_is_recomputed_from_its_folder
{
    private static readonly TrainingEffort Training = new("box", 600);

    [Test]
    public void what_was_written_is_read_and_holds()
    {
        using var folder = new TemporaryFolder();
        var (worked, summary) = Write(folder);

        TrialFolder.Exists(folder.Path).ShouldBeTrue();
        TrialFolder.Verify(folder.Path).ShouldBeEmpty();
        TrialFolder.ReadRows(folder.Path).ShouldBe(worked.Rows);
        TrialFolder.ReadRequests(folder.Path).ShouldBe(worked.Requests);
        // As in a trial of before.
        TrialFolder.ReadConfidence(folder.Path).ShouldBeEmpty();
        EvaluationJson.Write(TrialFolder.ReadSummary(folder.Path)).ShouldBe(EvaluationJson.Write(summary));
        summary.CannotShow.ShouldContain(l => l.StartsWith("At one/a"));
        summary.CannotShow.ShouldNotContain(l => l.StartsWith("At two/b"));
    }

    [Test]
    public void a_row_that_was_improved_is_found()
    {
        using var folder = new TemporaryFolder();
        var (worked, _) = Write(folder);
        var at = worked.Rows.Index().First(r => r.Item is { Arm: "A3", Solved: false }).Index;
        var forged = worked.Rows.ToArray();
        forged[at] = forged[at] with { Solved = true, Reason = "" };
        ParquetTable.Write(folder[TrialFolder.RowsName], forged);

        var figures = TrialFolder.Verify(folder.Path).Select(m => m.Figure).ToList();

        figures.ShouldContain("figures.arms[1].solved");
        figures.ShouldContain("figures.comparisons[0].successDifference.value");
    }

    [Test]
    public void tokens_that_were_struck_from_a_row_or_a_request_are_found()
    {
        using var folder = new TemporaryFolder();
        var (worked, _) = Write(folder);
        var rows = worked.Rows.ToArray();
        rows[3] = rows[3] with { CacheReadTokens = 0 };
        ParquetTable.Write(folder[TrialFolder.RowsName], rows);
        TrialFolder
            .Verify(folder.Path)
            .Select(m => m.Figure)
            .ShouldContain($"rows.{rows[3].Arm}.{rows[3].TaskId}.cacheReadTokens");
        ParquetTable.Write(folder[TrialFolder.RowsName], worked.Rows);

        var requests = worked.Requests.ToArray();
        requests[2] = requests[2] with { OutputTokens = 1 };
        ParquetTable.Write(folder[TrialFolder.RequestsName], requests);

        var figures = TrialFolder.Verify(folder.Path).Select(m => m.Figure).ToList();
        figures.ShouldContain($"rows.{requests[2].Arm}.{requests[2].TaskId}.outputTokens");
        figures.ShouldContain("figures.arms[0].costs[0].perSolvedTask");
        figures.ShouldNotContain("figures.arms[0].solved");
    }

    [Test]
    public void a_failure_without_a_reason_is_found()
    {
        using var folder = new TemporaryFolder();
        var (worked, _) = Write(folder);
        var rows = worked.Rows.Select(r => r with { Reason = "" }).ToList();
        ParquetTable.Write(folder[TrialFolder.RowsName], rows);

        TrialFolder.Verify(folder.Path).ShouldContain(m => m.Figure.EndsWith(".solved"));
    }

    [Test]
    public void a_price_that_was_changed_is_found()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        File.WriteAllText(
            folder[TrialFolder.PricesName],
            PriceLists.Yaml.Replace("input: 100,", "input: 110,", StringComparison.Ordinal)
        );

        var figures = TrialFolder.Verify(folder.Path).Select(m => m.Figure).ToList();

        figures.ShouldContain("pricesSha256");
        figures.ShouldContain("figures.arms[0].costs[0].servingPerTask");
        figures.ShouldNotContain("figures.arms[0].costs[1].servingPerTask");
    }

    [TestCase("\"margin\": 0.03", "\"margin\": 0.3", "figures.verdict")]
    [TestCase("\"onlyAgainst\": 15", "\"onlyAgainst\": 14", "figures.comparisons[0].onlyAgainst")]
    [TestCase("\"isOpen\": false", "\"isOpen\": true", "figures.gate.isOpen")]
    [TestCase("\"seconds\": 600", "\"seconds\": 60", "figures.trainingUsd")]
    [TestCase("\"verdict\": \"inconclusive\"", "\"verdict\": \"superior\"", "figures.verdict")]
    [TestCase("60 tasks of", "6000 tasks of", "cannotShow[0]")]
    public void a_figure_that_was_improved_is_found(string from, string to, string place)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var path = folder[TrialFolder.SummaryName];
        var text = File.ReadAllText(path);
        text.ShouldContain(from);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));

        TrialFolder.Verify(folder.Path).Select(m => m.Figure).ShouldContain(place);
    }

    [Test]
    public void a_price_table_that_changed_under_way_is_not_written_beside_the_figures()
    {
        using var folder = new TemporaryFolder();
        var (worked, summary) = Write(folder);
        var other = PriceLists.Write(folder, PriceLists.Yaml + "\n");

        Should
            .Throw<BadInputException>(() =>
                TrialFolder.Write(folder["again"], summary, worked.Rows, worked.Requests, [], other)
            )
            .Place.File.ShouldBe(other);
        Directory.Exists(folder["again"]).ShouldBeFalse();
    }

    [TestCase("{}")]
    [TestCase("[1")]
    [TestCase("{\"schema\": \"distiller.trial/3\"}")]
    public void a_summary_that_is_none_is_named(string text)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        File.WriteAllText(folder[TrialFolder.SummaryName], text);

        Should
            .Throw<BadInputException>(() => TrialFolder.Verify(folder.Path))
            .Place.File.ShouldBe(folder[TrialFolder.SummaryName]);
    }

    [Test]
    public void other_programs_find_arms_verdict_and_intervals()
    {
        using var folder = new TemporaryFolder();
        var (_, summary) = Write(folder);
        using var json = JsonDocument.Parse(EvaluationJson.Write(TrialHeadline.Of(summary)));
        var root = json.RootElement;

        var arms = root.GetProperty("arms").EnumerateArray().ToList();
        arms.Select(a => a.GetProperty("arm").GetString()).ShouldBe(["A1", "A3", "A4"]);
        arms[1].GetProperty("tasks").GetInt32().ShouldBe(60);
        arms[1].GetProperty("solved").GetInt32().ShouldBe(45);
        arms[1].GetProperty("tokensPerTask").GetDouble().ShouldBe(15);
        arms[1].GetProperty("tokensPerSolvedTask").GetDouble().ShouldBe(20);
        arms[1]
            .GetProperty("costPerSolvedTask")
            .GetDouble()
            .ShouldBe(summary.Figures.Arms[1].Costs[0].PerSolvedTask!.Value);
        arms[2].GetProperty("costPerSolvedTask").ValueKind.ShouldBe(JsonValueKind.Null);
        root.GetProperty("verdict").GetString().ShouldBe("inconclusive");
        root.GetProperty("published").GetBoolean().ShouldBeFalse();
        var tokens = root.GetProperty("intervals").GetProperty("tokensPerSolvedTaskRatio");
        tokens.GetProperty("value").GetDouble().ShouldBe(20 / 40.0, 1e-12);
        tokens.GetProperty("interval").GetProperty("low").GetDouble().ShouldBeLessThan(0.5);
    }

    private static (Worked Worked, TrialSummary Summary) Write(TemporaryFolder folder)
    {
        var worked = new Worked()
            .AddArm("A1", 60, i => i % 4 != 1, (20, 5, 5))
            .AddArm("A3", 60, i => i % 4 != 0, (5, 5, 5))
            .AddArm("A4", 60, _ => false, (5, 5, 5));
        var prices = PriceLists.Write(folder);
        var summary = TrialSummary.Of(worked.Measurement(), PriceFile.Read(prices), Training, "0.1.0");
        TrialFolder.Write(folder.Path, summary, worked.Rows, worked.Requests, [], prices);
        return (worked, summary);
    }
}
