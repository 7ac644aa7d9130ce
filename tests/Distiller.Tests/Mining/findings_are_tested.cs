using Distiller.Mining.Cards;

namespace Distiller.Tests.Mining;

/// <summary>The p-values were computed with exact integers, by summing the hypergeometric terms.</summary>
[TestFixture]
internal sealed class findings_are_tested
{
    [TestCase(3, 4, 1, 4, 0.4857142857)]
    [TestCase(8, 10, 2, 10, 0.0230141376)]
    [TestCase(0, 5, 5, 5, 0.00793650794)]
    [TestCase(5, 5, 5, 5, 1)]
    [TestCase(1, 9, 11, 12, 0.000370836594)]
    public void by_fishers_exact_test(int hitsWith, int with, int hitsWithout, int without, double p)
    {
        FisherTest.PValue(hitsWith, with, hitsWithout, without).ShouldBe(p, 1e-6);
    }

    [Test]
    public void and_corrected_for_their_number()
    {
        double[] adjusted = [0.05, 0.05, 0.05, 0.05, 0.05];
        FalseDiscoveries
            .Rates([0.01, 0.02, 0.03, 0.04, 0.05])
            .Zip(adjusted)
            .ShouldAllBe(r => Math.Abs(r.First - r.Second) < 1e-12);
        FalseDiscoveries
            .Rates([0.5, 0.001])
            .Zip(new[] { 0.5, 0.002 })
            .ShouldAllBe(r => Math.Abs(r.First - r.Second) < 1e-12);
        FalseDiscoveries.Rates([]).ShouldBeEmpty();
    }
}
