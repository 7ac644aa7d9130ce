using Distiller.Scrubbing;

namespace Distiller.Tests.Collecting;

internal sealed class scrub_rules_are_data
{
    private static IEnumerable<TestCaseData> Rules() =>
        ScrubRules.Default.All.Select(r => new TestCaseData(r).SetArgDisplayNames(r.Id));

    [TestCaseSource(nameof(Rules))]
    public void every_rule_is_described_and_does_what_its_examples_say(ScrubRule rule)
    {
        rule.Description.ShouldEndWith(".");
        rule.Hides.ShouldNotBeEmpty();
        rule.Keeps.ShouldNotBeEmpty();
        for (var seed = 0; seed < 5; seed++)
        {
            foreach (var hides in rule.Hides)
            {
                var (text, secrets) = ScrubExample.Make(hides, seed);
                var clean = new SecretScrubber().Scrub(text);
                secrets.ShouldNotBeEmpty(hides);
                secrets.ShouldAllBe(s => !clean.Contains(s, StringComparison.Ordinal), $"{hides} -> {clean}");
                new SecretScrubber().Scrub(clean).ShouldBe(clean, "scrubbed again it stays");
            }

            foreach (var keeps in rule.Keeps)
            {
                var text = ScrubExample.Make(keeps, seed).Text;
                new SecretScrubber().Scrub(text).ShouldBe(text);
            }
        }
    }

    [Test]
    public void ids_are_unique() => ScrubRules.Default.All.Select(r => r.Id).ShouldBeUnique();
}
