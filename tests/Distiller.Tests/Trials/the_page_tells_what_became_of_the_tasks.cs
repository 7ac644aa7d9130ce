using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Distiller.Evaluation;
using Distiller.Reporting;
using Distiller.Reporting.Trials;
using Distiller.Tests.Evaluating;

namespace Distiller.Tests.Trials;

public sealed class the_page_tells_what_became_of_the_tasks
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=\"alert(2)\">'\"&amp;\u202Egnp";

    private static readonly TrialPart Part = new PlausibleTrial().Part();

    [Test]
    public void it_holds_the_figures_of_every_arm()
    {
        var table = Table(Page(Part), "Success, tokens by class");

        table.Count.ShouldBe(5);
        foreach (var (cells, arm) in table.Zip(Part.Summary.Figures.Arms))
        {
            var own = Part.Rows.Where(r => r.Arm == arm.Arm).ToList();
            var solved = own.Count(r => r.Solved);
            cells[0].ShouldStartWith(arm.Arm);
            cells[1].ShouldBe("300");
            cells[2].ShouldBe(Number(solved));
            cells[3].ShouldStartWith(NumberFormat.Percent(solved / 300.0));
            cells[6].ShouldBe(Number(own.Average(Tokens)));
            cells[7].ShouldBe(Number(own.Average(r => r.CacheReadTokens)));
            cells[8].ShouldBe(Number(own.Average(r => r.CacheWriteTokens)));
            cells[10].ShouldBe(Number(own.Average(r => r.OutputTokens)));
            cells[4].ShouldBe(solved == 0 ? "–" : Number(own.Sum(Tokens) / solved));
            cells[5].ShouldBe(solved == 0 ? "–" : NumberFormat.Usd(arm.Costs[0].PerSolvedTask!.Value));
        }
    }

    [Test]
    public void it_counts_the_pairs_the_strata_and_the_failures()
    {
        var page = Page(Part);
        var (before, after) = (Arm("A1"), Arm("A3"));

        var square = Table(page, "Tasks by who solved them");
        square[0][1].ShouldBe(Number(before.Zip(after).Count(p => p.First.Solved && p.Second.Solved)));
        square[0][2].ShouldBe(Number(before.Zip(after).Count(p => p.First.Solved && !p.Second.Solved)));
        square[1][1].ShouldBe(Number(before.Zip(after).Count(p => !p.First.Solved && p.Second.Solved)));
        square[2][3].ShouldBe("300");
        var strata = Table(page, "Tasks solved in each stratum");
        strata
            .Select(s => s[0])
            .ShouldBe(["Known275\u00A0tasks", "Changed15\u00A0tasks", "Unseen10\u00A0tasks"], ignoreOrder: false);
        strata[1][4].ShouldEndWith(Number(after.Count(r => r is { Stratum: "Changed", Solved: true })));
        var failures = Table(page, "Unsolved tasks by reason");
        failures.Single(f => f[0] == "NoToolCall")[1].ShouldBe(Number(Arm("A0").Count(r => r.Reason == "NoToolCall")));
        failures[^1][4].ShouldBe(Number(after.Count(r => !r.Solved)));
    }

    [Test]
    public void it_holds_the_cost_at_every_price_and_when_the_training_is_repaid()
    {
        var figures = Part.Summary.Figures;
        var costs = Table(Page(Part), "Cost per solved task at each price");

        foreach (var (cells, i) in costs.Select((c, i) => (c, i)))
        {
            var ratio = figures.Comparisons[0].Costs[i];
            cells[0].ShouldStartWith(ratio.Price);
            cells[1].ShouldBe(NumberFormat.Usd(figures.Arms[1].Costs[i].PerSolvedTask!.Value));
            cells[2].ShouldBe(NumberFormat.Usd(figures.Arms[3].Costs[i].PerSolvedTask!.Value));
            cells[3].ShouldStartWith(NumberFormat.Percent(ratio.PerSolvedTask!.Value));
            cells[5].ShouldBe(NumberFormat.Tasks(ratio.BreakEvenTasks!.Value));
        }

        costs.Count.ShouldBe(4);
        Table(Page(Part), "The price table")[1]
            .ShouldBe([
                "openai/gpt-5-miniplatform.openai.com/docs/pricing",
                "2025-08-07",
                "$0.250",
                "$0.0250",
                "as input",
                "$2.00",
                "1,024",
            ]);
    }

    [TestCase(0.91, 0.995, 0.0, "The adapter solves as many tasks with", "✓ Published")]
    [TestCase(0.75, 1.0, 0.0, "The adapter solves more tasks with", "✓ Published")]
    [TestCase(0.94, 0.60, 0.0, "The adapter solves fewer tasks with", "✗ Not published")]
    [TestCase(0.94, 0.95, 0.0, "It is not shown that the adapter solves as many tasks", "✗ Not published")]
    [TestCase(0.91, 0.995, 0.91, "This comparison is void", "✗ Not published")]
    public void the_headline_says_what_was_shown_and_whether_it_is_published(
        double before,
        double after,
        double control,
        string headline,
        string gate
    )
    {
        var part = new PlausibleTrial
        {
            Before = before,
            After = after,
            Control = control,
        }.Part();
        var page = Parse(Page(part));

        page.Descendants("h1").Single().Value.ShouldStartWith(headline);
        page.Descendants("div")
            .Single(d => d.Attribute("class")?.Value.StartsWith("gate") == true)
            .Value.ShouldStartWith(gate);
        foreach (var reason in part.Summary.Figures.Gate.Reasons)
        {
            page.Root!.Value.ShouldContain(reason);
        }
    }

    [Test]
    public void it_says_what_the_numbers_cannot_show_and_what_was_measured()
    {
        var text = Parse(Page(Part)).Root!.Value;

        foreach (var limit in Part.Summary.CannotShow)
        {
            text.ShouldContain(limit);
        }

        text.ShouldContain(Part.Summary.PricesSha256);
        text.ShouldContain(Part.Summary.TaskSetSha256);
        text.ShouldContain(Part.Summary.CodeVersion);
        text.ShouldContain(new string('4', 64));
        text.ShouldContain("Patterns distilled");
        text.ShouldContain("INT4 error of each adapted matrix");
    }

    [Test]
    public void hostile_text_stays_text()
    {
        var page = Page(Renamed(Script));

        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        Shape(page).ShouldBe(Shape(Page(Renamed("clean"))));
        Parse(page).Root!.Value.ShouldContain("<script>alert(1)</script>");
        Parse(page).Root!.Value.ShouldNotContain('\u202E');

        static IEnumerable<string> Shape(string page) =>
            Parse(page).Descendants().Select(e => $"{e.Name} {string.Join(' ', e.Attributes().Select(a => a.Name))}");
    }

    [Test]
    public void it_asks_no_network_runs_no_script_and_names_each_picture_once()
    {
        var page = Page(Part);

        page.ShouldNotContain("http:");
        page.ShouldNotContain("https:");
        page.ShouldNotContain("url(");
        var ids = Parse(page).Descendants().Attributes("id").Select(a => a.Value).ToList();
        ids.ShouldBeUnique();
        Parse(page).Descendants("script").ShouldBeEmpty();
        Parse(page).Descendants("table").ShouldAllBe(t => t.Elements("caption").Any());
        foreach (var plot in Parse(page).Descendants("svg").Where(s => s.Attribute("aria-hidden") is null))
        {
            plot.Attribute("aria-labelledby")!.Value.Split(' ').ShouldBeSubsetOf(ids);
        }
    }

    [TestCase("A1")]
    [TestCase("A3")]
    [TestCase("A1 A3")]
    [TestCase("A0 A1")]
    public void an_arm_that_did_not_run_is_missed_and_nothing_else(string arms)
    {
        var page = Page(
            new PlausibleTrial
            {
                Tasks = 3,
                Arms = arms.Split(' '),
                Training = null,
            }.Part()
        );

        Parse(page).Root!.Value.ShouldContain("Not published");
        page.ShouldNotContain("NaN");
        page.ShouldNotContain("Infinity");
        page.ShouldNotContain("&#x221E;");
    }

    [Test]
    public void arms_that_solve_nothing_have_no_ratio()
    {
        var page = Page(
            new PlausibleTrial
            {
                Before = 0,
                After = 0,
                Tasks = 2,
            }.Part()
        );

        page.ShouldNotContain("NaN");
        page.ShouldNotContain("&#x221E;");
        Parse(page).Root!.Value.ShouldContain("none solved");
    }

    [Test]
    public void its_size_does_not_grow_with_the_tasks() =>
        Page(new PlausibleTrial { Tasks = 3000 }.Part()).Length.ShouldBeLessThan(220_000);

    private static string Page(TrialPart part) =>
        HtmlReport.Render(new PlausibleEvaluation().Input() with { Trial = part });

    private static TrialPart Renamed(string text) =>
        Part with
        {
            Rows =
            [
                .. Part.Rows.Select(r =>
                    r with
                    {
                        TaskId = text + r.TaskId,
                        Family = text,
                        Stratum = text,
                        Reason = r.Solved ? "" : text,
                        Detail = text,
                    }
                ),
            ],
            Summary = Part.Summary with
            {
                TasksTitle = text,
                CodeVersion = text,
                Runtime = text,
                CannotShow = [text],
                Base = Part.Summary.Base with { Name = text },
                Arms = [.. Part.Summary.Arms.Select(a => a with { Title = text })],
                Training = Part.Summary.Training! with { Machine = text },
                Figures = Part.Summary.Figures with
                {
                    Gate = new Gate(false, [text]),
                    Arms =
                    [
                        .. Part.Summary.Figures.Arms.Select(a =>
                            a with
                            {
                                Failures = [new FailureCount(text, 1)],
                                Strata = [new StratumFigures(text, 1, 1, 1)],
                            }
                        ),
                    ],
                },
            },
            Prices = Part.Prices with { Prices = [Part.Prices.Primary with { Provider = text, Source = text }] },
        };

    /// <summary>The text of the cells of the body of the table whose caption begins so.</summary>
    private static List<List<string>> Table(string page, string caption) =>
        Parse(page)
            .Descendants("table")
            .Single(t => t.Element("caption")!.Value.StartsWith(caption, StringComparison.Ordinal))
            .Element("tbody")!
            .Elements("tr")
            .Select(r => r.Elements().Select(c => Regex.Replace(c.Value, "[ \n]+", " ").Trim()).ToList())
            .ToList();

    private static List<TrialRow> Arm(string arm) => [.. Part.Rows.Where(r => r.Arm == arm)];

    private static double Tokens(TrialRow row) => row.CacheReadTokens + row.CacheWriteTokens + row.OutputTokens;

    private static string Number(double value) =>
        Math.Round(value, MidpointRounding.AwayFromZero).ToString("N0", CultureInfo.InvariantCulture);

    private static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(
            new StringReader(page),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore }
        );
        return XDocument.Load(reader);
    }
}
