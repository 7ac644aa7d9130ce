using System.Xml;
using System.Xml.Linq;
using Distiller.Reporting;
using Distiller.Tests.Trials;

namespace Distiller.Tests.Evaluating;

public sealed class the_page_of_a_night_without_a_trial_tells_whether_it_is_published
{
    [Test]
    public void a_loss_that_falls_opens_the_gate_with_its_tasks_and_its_interval()
    {
        var input = new PlausibleEvaluation().Input();
        var interval = input.Summary.LossComparisons.AdapterInt4VersusBase.Difference.Interval!.Value;

        var verdict = Verdict(input);

        input.Summary.Gate.IsOpen.ShouldBeTrue();
        verdict.ShouldStartWith("✓ Published.");
        verdict.ShouldContain("measured on 38\u00A0tasks, where at least 6 are needed");
        verdict.ShouldContain(
            $"{NumberFormat.NatsChange(interval.Low)} to {NumberFormat.NatsChange(interval.High)}, which must lie below zero"
        );
    }

    [TestCase(38, 1.0, "is not shown to be lower than the base's")]
    [TestCase(3, 0.69, "on 3 held-out tasks; at least 6 are needed")]
    [TestCase(1, 0.69, "One held-out task gives no interval")]
    public void a_loss_that_shows_nothing_shuts_it_with_every_reason(int episodes, double lossFactor, string reason)
    {
        var input = new PlausibleEvaluation { Episodes = episodes, LossFactor = lossFactor }.Input();

        var verdict = Verdict(input);

        verdict.ShouldStartWith("✗ Not published, because:");
        verdict.ShouldContain(reason);
        input.Summary.Gate.Reasons.ShouldAllBe(r => verdict.Contains(r));
        verdict.ShouldContain($"measured on {NumberFormat.Tasks(episodes)}, where at least 6 are needed");
    }

    [Test]
    public void it_stands_under_the_headline()
    {
        var header = Parse(new PlausibleEvaluation().Input()).Descendants("header").Single();

        header.Elements("h1").Single().ElementsAfterSelf().First().Attribute("class")!.Value.ShouldBe("gate open");
    }

    [Test]
    public void after_a_trial_only_the_trial_has_a_verdict()
    {
        var trial = new PlausibleTrial { Before = 0.75, After = 1.0 }.Part();
        var input = new PlausibleEvaluation { LossFactor = 1.15 }.Input() with { Trial = trial };

        input.Summary.Gate.IsOpen.ShouldBeFalse();
        Verdict(input).ShouldStartWith("✓ Published. The adapter is");
    }

    private static string Verdict(ReportInput input) =>
        Parse(input)
            .Descendants("div")
            .Single(d => d.Attribute("class")?.Value.StartsWith("gate ") == true)
            .Value.Trim();

    private static XDocument Parse(ReportInput input)
    {
        using var reader = XmlReader.Create(
            new StringReader(HtmlReport.Render(input)),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore }
        );
        return XDocument.Load(reader);
    }
}
