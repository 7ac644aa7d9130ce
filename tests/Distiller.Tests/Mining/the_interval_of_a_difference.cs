using Distiller.Mining.Patterns;

namespace Distiller.Tests.Mining;

/// <summary>Against R. G. Newcombe, Statistics in Medicine 17 (1998), table II, method 10 and method 3's Wilson limits.</summary>
[TestFixture]
internal sealed class the_interval_of_a_difference
{
    [TestCase(56, 70, 48, 80, 0.0524, 0.3339)]
    [TestCase(9, 10, 3, 10, 0.1705, 0.8090)]
    [TestCase(5, 56, 0, 29, -0.0381, 0.1926)]
    [TestCase(0, 10, 0, 20, -0.1611, 0.2775)]
    [TestCase(0, 10, 0, 10, -0.2775, 0.2775)]
    [TestCase(10, 10, 0, 20, 0.6791, 1.0000)]
    [TestCase(10, 10, 0, 10, 0.6075, 1.0000)]
    public void agrees_with_the_published_examples(int a, int m, int b, int n, double low, double high)
    {
        var interval = ProportionDifference.Interval95(a, m, b, n);

        interval.Low.ShouldBe(low, 0.00006);
        interval.High.ShouldBe(high, 0.00006);
    }

    /// <summary>R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: method 3.</summary>
    [TestCase(81, 263, 0.2553, 0.3662)]
    [TestCase(15, 148, 0.0624, 0.1605)]
    [TestCase(0, 20, 0.0000, 0.1611)]
    [TestCase(1, 29, 0.0061, 0.1718)]
    public void and_its_parts_with_wilson(int successes, int trials, double low, double high)
    {
        var interval = WilsonInterval.Of(successes, trials);

        interval.Low.ShouldBe(low, 0.00006);
        interval.High.ShouldBe(high, 0.00006);
    }

    [Test]
    public void nothing_is_known_without_trials()
    {
        ProportionDifference.Interval95(3, 3, 0, 0).ShouldBe(new Interval(-1, 1));
    }
}
