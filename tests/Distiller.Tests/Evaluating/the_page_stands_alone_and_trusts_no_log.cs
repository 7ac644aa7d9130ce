using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Distiller.Evaluation;
using Distiller.Reporting;
using Distiller.Reporting.Sections;

namespace Distiller.Tests.Evaluating;

public sealed class the_page_stands_alone_and_trusts_no_log
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=\"alert(2)\">'\"&amp;";
    private const string Acting = "\u202Egnp.exe\u2066\u200F\u0007\u0000\u001B[31m\uFEFF\uD800end";

    [Test]
    public void it_is_well_formed_and_asks_no_network_for_anything()
    {
        var page = HtmlReport.Render(new PlausibleEvaluation().Input());

        Parse(page).Descendants("script").ShouldBeEmpty();
        page.ShouldNotContain("http:");
        page.ShouldNotContain("https:");
        page.ShouldNotContain("url(");
        page.ShouldNotContain("@import");
        Parse(page)
            .Descendants()
            .Attributes()
            .Select(a => a.Name.LocalName)
            .ShouldNotContain(n => n == "src" || n == "href" || n.StartsWith("on", StringComparison.Ordinal));
    }

    [Test]
    public void whatever_a_log_holds_stays_text()
    {
        var hostile = Script + Acting;
        var input = Hostile(hostile);
        var page = HtmlReport.Render(input);
        var clean = HtmlReport.Render(Hostile("clean"));

        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        // Not one element or attribute more than with harmless text.
        Shape(page).ShouldBe(Shape(clean));
        Parse(page).ToString().ShouldContain("&lt;script&gt;alert(1)");
        var text = Parse(page).Root!.Value;
        text.ShouldNotContain('\u202E');
        text.ShouldNotContain('\u2066');
        text.ShouldNotContain('\u200F');
        text.ShouldNotContain('\u001B');
        text.ShouldContain("[U+202E]gnp.exe[U+2066][U+200F][U+0007][U+0000][U+001B]");

        static IEnumerable<string> Shape(string page) =>
            Parse(page).Descendants().Select(e => $"{e.Name} {string.Join(' ', e.Attributes().Select(a => a.Name))}");
    }

    [Test]
    public void text_is_cut_between_characters()
    {
        UntrustedText.Short("ab\U0001F600cd", 3).ShouldBe("ab…");
        UntrustedText.Short("ab\U0001F600cd", 4).ShouldBe("ab\U0001F600…");
        UntrustedText.Short("abc", 3).ShouldBe("abc");
        UntrustedText.Encode("שלום <b>").ShouldBe("&#x5E9;&#x5DC;&#x5D5;&#x5DD; &lt;b&gt;");
    }

    [Test]
    public void those_who_cannot_see_it_are_told_what_it_shows()
    {
        var page = Parse(HtmlReport.Render(new PlausibleEvaluation().Input()));

        var plots = page.Descendants("svg").Where(s => s.Attribute("aria-hidden") is null).ToList();
        plots.Count.ShouldBe(4);
        foreach (var plot in plots)
        {
            plot.Attribute("role")!.Value.ShouldBe("img");
            foreach (var id in plot.Attribute("aria-labelledby")!.Value.Split(' '))
            {
                page.Descendants().Single(e => e.Attribute("id")?.Value == id).Value.ShouldNotBeEmpty();
            }
        }

        page.Descendants("th").ShouldAllBe(t => t.Attribute("scope") != null);
        page.Descendants("h1").Count().ShouldBe(1);
        page.Root!.Attribute("lang")!.Value.ShouldBe("en");
    }

    [Test]
    public void its_colours_have_contrast_by_day_and_by_night()
    {
        var themes = Regex
            .Matches(HtmlReport.StyleSheet, @":root \{([^}]*--page[^}]*--before[^}]*)\}")
            .Select(m =>
                Regex
                    .Matches(m.Groups[1].Value, "--([a-z0-9]+): #([0-9a-f]{6})")
                    .ToDictionary(c => c.Groups[1].Value, c => Luminance(c.Groups[2].Value), StringComparer.Ordinal)
            )
            .ToList();

        themes.Count.ShouldBe(2);
        foreach (var theme in themes)
        {
            // WCAG 2.2: 4.5 for text, 3 for what a picture is made of.
            foreach (var ground in new[] { "page", "card" })
            {
                Contrast(theme["ink"], theme[ground]).ShouldBeGreaterThan(7);
                Contrast(theme["soft"], theme[ground]).ShouldBeGreaterThan(4.5);
            }

            foreach (var mark in new[] { "base", "adapter", "int4", "after", "before" })
            {
                Contrast(theme[mark], theme["card"]).ShouldBeGreaterThan(3, mark);
            }
        }
    }

    [TestCase(0.69, "falls by 3")]
    [TestCase(1.0, "no change in the model’s loss could be shown")]
    [TestCase(1.15, "rises by 1")]
    public void the_headline_claims_what_the_interval_allows(double lossFactor, string words)
    {
        var input = new PlausibleEvaluation { LossFactor = lossFactor }.Input();

        HeadSection.Headline(input.Summary).ShouldContain(words);
    }

    [TestCase(1, "In one held-out episode, too few to say more, the model’s loss falls by")]
    [TestCase(4, "In 4 held-out episodes, too few to say more")]
    [TestCase(5, "On held-out work")]
    public void of_few_episodes_it_says_only_what_they_did(int episodes, string words)
    {
        var input = new PlausibleEvaluation { Episodes = episodes }.Input();

        HeadSection.Headline(input.Summary).ShouldStartWith(words);
    }

    [Test]
    public void it_can_be_drawn_from_the_least_there_can_be()
    {
        var row = new EvaluationRow
        {
            EpisodeId = "only",
            Window = 0,
            Step = 0,
            Arm = Arm.Base,
            Tokens = 1,
            Nats = 0,
            Verdict = nameof(CallVerdict.NotMeasured),
            Logged = "",
            Generated = "",
        };
        EvaluationRow[] rows = [.. Arm.All.Select(a => row with { Arm = a })];
        TokenRow[] tokens =
        [
            new()
            {
                EpisodeId = "only",
                Step = 0,
                PromptBefore = 0,
                PromptAfter = 0,
                Completion = 1,
            },
        ];
        var summary = EvaluationSummary.Of(new PlausibleEvaluation { Episodes = 1 }.Measurement(rows), tokens, "0.1.0");
        var page = HtmlReport.Render(
            new ReportInput
            {
                Title = "least",
                Summary = summary,
                Rows = rows,
                Tokens = tokens,
                Training = [new TrainingCurvePoint(1, 2, 0)],
                TensorErrors = [new TensorErrorRow("output", 0)],
            }
        );

        Parse(page);
        page.ShouldNotContain("NaN");
        page.ShouldNotContain("Infinity");
        page.ShouldNotContain("&#x221E;");
        summary.CannotShow.ShouldContain(l => l.Contains("Only one held-out episode"));
    }

    [Test]
    public void the_same_input_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();

        HtmlReport.Write(folder["a.html"], new PlausibleEvaluation().Input());
        HtmlReport.Write(folder["b.html"], new PlausibleEvaluation().Input());

        File.ReadAllBytes(folder["a.html"]).ShouldBe(File.ReadAllBytes(folder["b.html"]));
    }

    [Test]
    public void thousands_of_rows_do_not_make_a_page_of_megabytes() =>
        HtmlReport
            .Render(new PlausibleEvaluation { Episodes = 1500, OfferedRows = 9000 }.Input())
            .Length.ShouldBeLessThan(200_000);

    private static ReportInput Hostile(string text)
    {
        var input = new PlausibleEvaluation().Input();
        return input with
        {
            Title = text,
            Summary = input.Summary with
            {
                Base = input.Summary.Base with { Name = text },
                Runtime = text,
                ToolVersion = text,
                CannotShow = [text],
            },
            Rows = [.. input.Rows.Select(r => r with { EpisodeId = text + r.EpisodeId })],
            Patterns =
            [
                input.Patterns[0] with
                {
                    Intent = text,
                    Steps = [new ToolStep(text, [new ToolArgument(text, text)])],
                },
            ],
            TensorErrors = [new TensorErrorRow(text, 0.05)],
            Lineage = [new LineageEntry(text, text, text)],
        };
    }

    private static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(
            new StringReader(page),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore }
        );
        return XDocument.Load(reader);
    }

    private static double Luminance(string hex)
    {
        double Channel(int at)
        {
            var c = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(0)) + (0.7152 * Channel(2)) + (0.0722 * Channel(4));
    }

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
}
